import Crypto
public import Engine
public import Federation
public import Foundation
import Radiology
import Store
public import Triage

/// A whole federation on one machine: every site of a labelled folder is an agent of its own.
///
/// Each has its own store and key. Between them pass only the bytes of tasks and sealed updates.
/// Beside it, and only to compare, the same network learns from all sites' lessons at once and
/// from each site's alone, with the same number of examples.
public struct Simulation: Sendable {
  /// What to simulate.
  public struct Plan: Sendable {
    public var rounds: Int
    /// Steps a site makes in a round.
    public var steps = 4
    /// Images of all sites together in one step; sites share it by the square root of what they
    /// have, so that a large site leads and does not drown the small ones.
    public var batch = 44
    /// What the coordinator sets instead: images a step by site.
    public var batches: [String: Int] = [:]
    public var seed: UInt64 = 1
    /// Whether to train the central and the site-only models too.
    public var compares = true
    /// Validation is scored in every so many rounds, and in the last.
    public var scoredEvery = 1
    public var training = TrainingPlan()
    public var gate: PrivacyGate
    public var strategy = Strategy(averaging: 0.97)

    /// - Throws: `FederationError` never for these defaults.
    public init(rounds: Int) throws {
      precondition(rounds >= 1, "a federation has a round")
      self.rounds = rounds
      gate = try PrivacyGate()
      training.learningRate = 4e-3
      training.averaging = 0
    }
  }

  /// How far it has come.
  public enum Event: Sendable {
    case opening(site: String, done: Int, of: Int)
    case opened(site: String, lessons: Int, validation: Int)
    case training(site: String, round: Int, of: Int)
    case trained(site: String, SimulationReport.Turn, round: Int, of: Int)
    case round(SimulationReport.Round, of: Int)
    case testing
  }

  /// What came out.
  public struct Outcome: Sendable {
    public let model: Model
    public let calibration: String
    public let report: SimulationReport
    public let sites: [SiteAgent]
  }

  private let data: LabelledFolder
  private let home: URL
  private let plan: Plan
  private let network: Network
  private let preprocessing: Preprocessing
  private let card: Card

  /// A federation of the sites that the data's manifest names, with their stores in `home`.
  public init(
    data: LabelledFolder, home: URL, plan: Plan, network: Network, preprocessing: Preprocessing,
    card: Card
  ) {
    self.data = data
    self.home = home
    self.plan = plan
    self.network = network
    self.preprocessing = preprocessing
    self.card = card
  }

  /// Runs it to the end, or until the task is cancelled.
  ///
  /// - Throws: ``AgentError/dataNotUsable(_:)`` if no site can train.
  public func run(_ tell: @Sendable (Event) -> Void) async throws -> Outcome {
    let start = ContinuousClock.now
    let (sites, coordinator) = try await assemble(tell)
    var report = SimulationReport(seed: plan.seed, rounds: [], seconds: 0)
    let comparison = plan.compares ? try await Comparison(sites, simulation: self) : nil
    for number in 1...plan.rounds {
      try Task.checkCancellation()
      var round = SimulationReport.Round(round: number, sites: [:])
      for site in sites {
        guard let task = try await coordinator.task(for: site.name) else { break }
        tell(.training(site: site.name, round: number, of: plan.rounds))
        let (update, loss) = try await site.takePart(in: task)
        try Task.checkCancellation()
        try await coordinator.receive(update.bytes)
        let turn = SimulationReport.Turn(
          examples: update.lessons, bytes: update.bytes.count, norm: update.norm, loss: loss)
        round.sites[site.name] = turn
        tell(.trained(site: site.name, turn, round: number, of: plan.rounds))
      }
      try await coordinator.endRound()
      try await comparison?.learn(round: number)
      if number % plan.scoredEvery == 0 || number == plan.rounds {
        try await score(&round, sites, await coordinator.mean, comparison)
      }
      report.rounds.append(round)
      tell(.round(round, of: plan.rounds))
    }
    tell(.testing)
    let (model, statement) = try await conclude(sites, coordinator)
    report.test = try await test(model, comparison, sites.map(\.name))
    report.model = model.id
    report.seconds = (ContinuousClock.now - start) / .seconds(1)
    return Outcome(model: model, calibration: statement, report: report, sites: sites)
  }

  // MARK: - Before the first round

  private func assemble(
    _ tell: @Sendable (Event) -> Void
  ) async throws -> (sites: [SiteAgent], coordinator: Coordinator) {
    let names = data.sites.filter { name in
      let rows = data.manifest.rows.filter { $0.site == name && $0.split == .train }
      return Set(rows.compactMap(\.label)).count == 2
    }
    guard !names.isEmpty else {
      throw AgentError.dataNotUsable("no site has normal and suspicious pictures to train with.")
    }
    let keys = names.map { _ in P256.Signing.PrivateKey() }
    let coordinatorKey = P256.Signing.PrivateKey()
    let roster = try Roster(
      coordinator: Partner(name: "coordinator", key: coordinatorKey.publicKey),
      partners: zip(names, keys).map { Partner(name: $0, key: $1.publicKey) })
    var sites: [SiteAgent] = []
    var lessons: [String: Int] = [:]
    for (name, key) in zip(names, keys) {
      let site = try await site(name, key: key, roster: roster, tell)
      lessons[name] = try await site.open()
      tell(
        .opened(
          site: name, lessons: lessons[name] ?? 0, validation: await site.validation.count))
      sites.append(site)
    }
    let batches = shares(of: lessons)
    let plan = plan
    let coordinator = try Coordinator(
      roster: roster, key: coordinatorKey,
      model: network.freshParameters(seed: plan.seed),
      plan: Coordinator.Plan(
        rounds: plan.rounds, strategy: plan.strategy, quorum: names.count
      ) { _, partner in
        RoundTask.Work(
          steps: plan.steps, batch: batches[partner.name] ?? 1,
          learningRate: Double(plan.training.learningRate),
          proximal: Double(plan.training.proximity), seed: plan.seed)
      })
    return (sites, coordinator)
  }

  /// The agent of one site, with the site's pictures and lessons in a store of its own.
  private func site(
    _ name: String, key: P256.Signing.PrivateKey, roster: Roster, _ tell: @Sendable (Event) -> Void
  ) async throws -> SiteAgent {
    let folder = home.appending(path: name, directoryHint: .isDirectory)
    let store = try Store(home: folder)
    let pictures = try PictureShelf(store: store)
    let ingest = Ingest(store: store, pictures: pictures, source: name, consent: .given)
    let wanted = data.manifest.rows.filter { $0.site == name && $0.split != .test }
    let rows = try await ingest.takeLabelled(data, rows: wanted) { done, all in
      tell(.opening(site: name, done: done, of: all))
    }
    try LessonBook(store: store, pictures: pictures, site: name).learn(rows, at: Date())
    return SiteAgent(
      store: store, home: folder, pictures: pictures,
      membership: try Membership(roster: roster, key: key), gate: plan.gate, network: network,
      preprocessing: preprocessing, plan: plan.training)
  }

  /// Each site's part of a step's images: by the square root of its lessons, at least two.
  func shares(of lessons: [String: Int]) -> [String: Int] {
    let total = lessons.values.reduce(0) { $0 + Double($1).squareRoot() }
    return lessons.mapValues { count in
      max(2, Int((Double(plan.batch) * Double(count).squareRoot() / total).rounded()))
    }.merging(plan.batches.filter { lessons[$0.key] != nil }) { _, set in set }
  }

  // MARK: - Scores

  private func score(
    _ round: inout SimulationReport.Round, _ sites: [SiteAgent], _ parameters: Parameters,
    _ comparison: Comparison?
  ) async throws {
    var validation: [LabelledImage] = []
    for site in sites { validation += await site.validation }
    let federated = try auroc(of: parameters, on: validation)
    var central: (pooled: Double?, sites: [String: Double])?
    if let comparison {
      central = try auroc(of: await comparison.central(), on: validation)
    }
    for site in sites {
      round.sites[site.name]?.federated = federated.sites[site.name]
      round.sites[site.name]?.central = central?.sites[site.name]
      if let alone = await comparison?.alone(site.name) {
        round.sites[site.name]?.alone = try auroc(of: alone, on: await site.validation).pooled
      }
    }
    round.pooled = SimulationReport.Pooled(
      federated: federated.pooled, central: central.flatMap(\.pooled))
  }

  private func auroc(
    of parameters: Parameters, on images: [LabelledImage]
  ) throws -> (pooled: Double?, sites: [String: Double]) {
    let reads = try raw(parameters).reads(of: images)
    func auroc(_ reads: [Evaluation.Read]) -> Double? {
      RankedScores(
        scores: reads.map(\.probability), isSuspicious: reads.map(\.isSuspicious)
      ).auroc()
    }
    return (auroc(reads), Dictionary(grouping: reads, by: \.site).compactMapValues(auroc))
  }

  /// The network with these weights and no calibration: good for ranking, not for a person.
  private func raw(_ parameters: Parameters) throws -> Model {
    try Model(
      network: network, parameters: parameters, preprocessing: preprocessing,
      readOut: ReadOut(pooling: plan.training.loss.pooling), calibration: .none, familiarity: nil,
      card: card,
      lineage: Lineage(lessons: 0, recipe: "", made: Date(timeIntervalSince1970: 0)))
  }

  // MARK: - After the last round

  private func conclude(
    _ sites: [SiteAgent], _ coordinator: Coordinator
  ) async throws -> (model: Model, statement: String) {
    var validation: [LabelledImage] = []
    var examples: [LabelledImage] = []
    for site in sites {
      validation += await site.validation
      examples += await site.examples()
    }
    let (model, statement) = try Model.learned(
      network: network, parameters: await coordinator.mean, preprocessing: preprocessing,
      readOut: ReadOut(pooling: plan.training.loss.pooling), validation: validation,
      familiarity: Familiarity(lessons: examples.map(\.prepared)), card: card,
      lineage: Lineage(
        round: plan.rounds, sites: sites.map(\.name), lessons: examples.count,
        recipe: "federated averaging, \(plan.rounds) rounds of \(plan.steps) steps, "
          + "\(plan.batch) images a step over all sites, seed \(plan.seed)", made: Date()))
    for site in sites {
      try await site.conclude(coordinator.history, with: model, at: Date())
    }
    return (model, statement)
  }

  private func test(
    _ model: Model, _ comparison: Comparison?, _ names: [String]
  ) async throws -> SimulationReport.Test? {
    guard
      let test = try? await data.contents(parts: [.test], preparedBy: preprocessing).images
    else { return nil }
    func evaluation(_ parameters: Parameters) throws -> Evaluation {
      Evaluation(of: try raw(parameters).reads(of: test))
    }
    var alone: [String: Evaluation] = [:]
    for name in names {
      if let parameters = await comparison?.alone(name) {
        alone[name] = try evaluation(parameters)
      }
    }
    let central = await comparison?.central()
    return SimulationReport.Test(
      federated: Evaluation(of: try model.reads(of: test)),
      central: try central.map(evaluation), alone: alone)
  }
}

/// What the federation is compared with: all lessons in one place, and each site by itself.
private actor Comparison {
  private let rounds: Int
  private let steps: Int
  private let together: Trainer
  private let apart: [String: Trainer]
  private var togetherParameters: Parameters
  private var apartParameters: [String: Parameters]

  init(_ sites: [SiteAgent], simulation: Simulation) async throws {
    var all: [LabelledImage] = []
    var each: [String: [LabelledImage]] = [:]
    for site in sites {
      let examples = await site.examples()
      all += examples
      each[site.name] = examples
    }
    let batches = simulation.shares(of: each.mapValues(\.count))
    rounds = simulation.rounds
    steps = simulation.steps
    let fresh = simulation.fresh
    together = try simulation.trainer(all, batch: batches.values.reduce(0, +), from: fresh)
    apart = try Dictionary(
      uniqueKeysWithValues: each.map { name, examples in
        (name, try simulation.trainer(examples, batch: batches[name] ?? 1, from: fresh))
      })
    togetherParameters = fresh
    apartParameters = each.mapValues { _ in fresh }
  }

  /// As many examples as the federation's sites had in the round.
  func learn(round: Int) throws {
    togetherParameters = try together.run(
      steps: steps, from: togetherParameters, round: round - 1, of: rounds
    ).parameters
    for (name, trainer) in apart {
      guard let from = apartParameters[name] else { continue }
      apartParameters[name] = try trainer.run(
        steps: steps, from: from, round: round - 1, of: rounds
      ).parameters
    }
  }

  func central() -> Parameters { togetherParameters }
  func alone(_ name: String) -> Parameters? { apartParameters[name] }
}

extension Simulation {
  fileprivate var rounds: Int { plan.rounds }
  fileprivate var steps: Int { plan.steps }
  fileprivate var fresh: Parameters { network.freshParameters(seed: plan.seed) }

  fileprivate func trainer(
    _ lessons: [LabelledImage], batch: Int, from parameters: Parameters
  ) throws -> Trainer {
    var training = plan.training
    training.batch = batch
    training.seed = plan.seed
    return try Trainer(
      network: network, parameters: parameters, lessons: lessons, plan: training)
  }
}

import Crypto
public import Engine
import Federation
public import Foundation
public import Radiology
public import Triage

/// A whole federation on one machine: every site of a labelled folder is an agent of its own.
///
/// Each has its own store and key, and between the sites and the coordinator there is one channel,
/// which carries bytes: Flower's wire, through sockets of this machine. What is measured is measured
/// in a ``Laboratory`` apart.
public struct Simulation: Sendable {
  /// How far it has come.
  public enum Event: Sendable {
    case opening(site: String, done: Int, of: Int)
    case opened(site: String, lessons: Int, validation: Int)
    case training(site: String, round: Int, of: Int)
    case trained(site: String, bytes: Int, round: Int, of: Int)
    case round(SimulationReport.Round, of: Int)
    /// A site took the common model; on its own images it calibrated it, or had too few.
    case calibrated(site: String, normal: Int, suspicious: Int)
    case testing
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// The common model, calibrated on what all sites said of their validation images.
    public let model: Model
    public let calibration: String
    public fileprivate(set) var report: SimulationReport
    /// The rounds as the coordinator remembers them.
    public let rounds: [Round]
    /// Names of the sites; the store of each lies in the folder of that name.
    public let sites: [String]
  }

  private let data: LabelledFolder
  private let home: URL
  private let plan: Plan
  private let recipe: Recipe
  /// Makes the coordinator's key and each site's, by name.
  var key: @Sendable (String) -> P256.Signing.PrivateKey = { _ in P256.Signing.PrivateKey() }
  /// Lays another channel between the coordinator and the sites than Flower's wire.
  var channel: (@Sendable ([any Party]) -> any Channel)?

  /// A federation of the sites that the data's manifest names, with their stores in `home`.
  public init(
    data: LabelledFolder, home: URL, plan: Plan, network: Network, preprocessing: Preprocessing,
    card: Card
  ) {
    self.data = data
    self.home = home
    self.plan = plan
    recipe = Recipe(
      network: network, preprocessing: preprocessing, card: card, training: plan.training)
  }

  /// Runs it to the end, or until the task is cancelled.
  ///
  /// Sites take the common model only at the end, so a run that ends early leaves none behind.
  /// - Throws: ``AgentError/dataNotUsable(_:)`` if no site can train,
  ///   ``AgentError/roundFailed(_:why:)`` if too few sites brought an update.
  public func run(_ tell: @Sendable (Event) -> Void) async throws -> Outcome {
    let start = ContinuousClock.now
    let (roster, key, sites) = try await assemble(tell)
    func run(over channel: any Channel) async throws -> Outcome {
      var outcome = try await self.run(
        Consortium(roster: roster, key: key, channel: channel), tell)
      outcome.report.seconds = (ContinuousClock.now - start) / .seconds(1)
      return outcome
    }
    if let channel { return try await run(over: channel(sites)) }
    return try await FleetLine.among(sites, home: home) { try await run(over: $0) }
  }

  private func run(
    _ consortium: Consortium, _ tell: @Sendable (Event) -> Void
  ) async throws -> Outcome {
    let quorum = plan.quorum(of: consortium.names)
    try plan.check(quorum: quorum)
    let (lessons, known) = try await lessons(of: consortium, tell)
    let batches = plan.batches(for: lessons)
    let steps = plan.steps(for: lessons, batches: batches)
    let coordinator = try coordinator(
      of: consortium, steps: steps, batches: batches, quorum: quorum)
    let laboratory = try await Laboratory(
      data: data, recipe: recipe,
      work: Laboratory.Work(
        rounds: plan.rounds, steps: steps, batches: batches, seed: plan.seed),
      compares: plan.compares)
    var report = SimulationReport(seed: plan.seed, steps: steps, batches: batches)
    report.strategy = plan.combination?.name
    report.liars = plan.liars.isEmpty ? nil : plan.liars
    for number in 1...plan.rounds {
      var round = try await round(number, of: consortium, coordinator, tell)
      try await laboratory.learn(round: number)
      if number % plan.scoredEvery == 0 || number == plan.rounds {
        round.take(try await laboratory.scores(of: coordinator.mean))
      }
      report.rounds.append(round)
      tell(.round(round, of: plan.rounds))
    }
    let (model, statement) = try await conclude(
      consortium, parameters: coordinator.mean, known: known,
      recipe: "federated averaging, \(plan.rounds) rounds of \(steps) steps, images a step "
        + batches.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", ") + ", seed \(plan.seed)", tell)
    tell(.testing)
    report.test = try await laboratory.test(model)
    report.model = model.id
    return Outcome(
      model: model, calibration: statement, report: report, rounds: await coordinator.history,
      sites: consortium.names)
  }

  // MARK: - Before the first round

  /// The coordinator's side: the roster, its key, and the channel to the sites.
  private struct Consortium {
    let roster: Roster
    let key: P256.Signing.PrivateKey
    let channel: any Channel

    var names: [String] { roster.partners.map(\.name) }
    var census: Census { Census(roster: roster, key: key, channel: channel) }
  }

  private func assemble(
    _ tell: @Sendable (Event) -> Void
  ) async throws -> (roster: Roster, key: P256.Signing.PrivateKey, sites: [SiteAgent]) {
    let names = data.sites.filter { name in
      let rows = data.manifest.rows.filter { $0.site == name && $0.split == .train }
      return Set(rows.compactMap(\.label)).count == 2
    }
    guard !names.isEmpty else {
      throw AgentError.dataNotUsable("no site has normal and suspicious pictures to train with.")
    }
    if let stranger = plan.liars.keys.filter({ !names.contains($0) }).min() {
      throw AgentError.dataNotUsable(
        "no site that trains is called “\(stranger)”; there are \(names.joined(separator: ", ")).")
    }
    let keys = names.map(key)
    let coordinatorKey = key("coordinator")
    let roster = try Roster(
      coordinator: Partner(name: "coordinator", key: coordinatorKey.publicKey),
      partners: zip(names, keys).map { Partner(name: $0, key: $1.publicKey) })
    var sites: [SiteAgent] = []
    for (name, key) in zip(names, keys) {
      sites.append(
        try await SiteAgent.founded(
          on: data, in: home.appending(path: name, directoryHint: .isDirectory),
          membership: try Membership(roster: roster, key: key), gate: plan.gate, recipe: recipe,
          updateBits: plan.updateBits, lie: plan.liars[name]
        ) { tell(.opening(site: name, done: $0, of: $1)) })
    }
    return (roster, coordinatorKey, sites)
  }

  /// How many lessons the sites say they have, each and together.
  private func lessons(
    of consortium: Consortium, _ tell: @Sendable (Event) -> Void
  ) async throws -> (sites: [String: Int], known: Statistics) {
    let answers = try await consortium.census.ask(Question(about: .lessons))
    var sites: [String: Int] = [:]
    for name in consortium.names {
      guard let counts = answers[name]?.counts("lessons"), counts.count == 4 else {
        throw AgentError.dataNotUsable("\(name) does not say how many lessons it has.")
      }
      sites[name] = counts[0] + counts[1]
      tell(.opened(site: name, lessons: counts[0] + counts[1], validation: counts[2] + counts[3]))
    }
    return (sites, try Statistics.pooled(consortium.names.compactMap { answers[$0] }))
  }

  private func coordinator(
    of consortium: Consortium, steps: Int, batches: [String: Int], quorum: Int
  ) throws -> Coordinator {
    let plan = plan
    return try Coordinator(
      roster: consortium.roster, key: consortium.key, model: recipe.fresh(seed: plan.seed),
      plan: Coordinator.Plan(
        rounds: plan.rounds, strategy: plan.strategy, combination: plan.combination,
        quorum: quorum, longestChange: plan.longestChange, updateBits: plan.updateBits
      ) { _, partner in
        RoundTask.Work(
          steps: steps, batch: batches[partner.name] ?? 1,
          learningRate: Double(plan.training.learningRate),
          proximal: Double(plan.training.proximity), seed: plan.seed)
      })
  }

  // MARK: - Rounds

  /// One round: a site that cannot take part sits it out, and the others go on.
  private func round(
    _ number: Int, of consortium: Consortium, _ coordinator: Coordinator,
    _ tell: @Sendable (Event) -> Void
  ) async throws -> SimulationReport.Round {
    var absences: [String: String] = [:]
    for name in consortium.names {
      try Task.checkCancellation()
      do {
        guard let task = try await coordinator.task(for: name) else { break }
        tell(.training(site: name, round: number, of: plan.rounds))
        let update = try await consortium.channel.carry(task, to: name)
        try await coordinator.receive(update)
        tell(.trained(site: name, bytes: update.count, round: number, of: plan.rounds))
      } catch {
        try Task.checkCancellation()
        absences[name] = "\(error)"
      }
    }
    do {
      return SimulationReport.Round(
        try await coordinator.endRound(), absences: absences, liars: plan.liars)
    } catch {
      let reasons = absences.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      throw AgentError.roundFailed(
        number, why: (["\(error)"] + reasons).joined(separator: " "))
    }
  }

  // MARK: - After the last round

  /// Makes the common model of parameters, counts and sums, and gives it to the sites.
  private func conclude(
    _ consortium: Consortium, parameters: Parameters, known: Statistics, recipe words: String,
    _ tell: @Sendable (Event) -> Void
  ) async throws -> (model: Model, statement: String) {
    let census = consortium.census
    var known = known
    func learn(from question: Question) async throws {
      let answers = try await census.ask(question)
      known.add(try Statistics.pooled(consortium.names.compactMap { answers[$0] }))
    }
    try await learn(from: Question(about: .evidence, parameters: parameters))
    try await learn(from: Question(about: .distances, known: known))
    let common = try recipe.commonModel(
      parameters, knowing: known,
      lineage: Lineage(
        round: plan.rounds, sites: consortium.names, lessons: known.lessons,
        recipe: words, made: Date()))
    let answers = try await census.ask(
      Question(about: .model, parameters: parameters, known: known))
    for name in consortium.names {
      guard let counts = answers[name]?.counts("calibrated"), counts.count == 2 else { continue }
      tell(.calibrated(site: name, normal: counts[0], suspicious: counts[1]))
    }
    return common
  }
}

extension SimulationReport.Round {
  fileprivate init(_ round: Round, absences: [String: String], liars: [String: Lie]) {
    self.round = round.number
    sites = absences.mapValues {
      SimulationReport.Turn(examples: 0, bytes: 0, norm: 0, absence: $0)
    }
    for brought in round.contributions where brought.refusal == nil {
      sites[brought.site] = SimulationReport.Turn(
        examples: brought.lessons, bytes: brought.bytes, norm: brought.norm, absence: nil)
    }
    for (site, lie) in liars { sites[site]?.lie = lie }
  }

  fileprivate mutating func take(_ scores: Laboratory.Scores) {
    pooled = scores.pooled
    for site in sites.keys {
      sites[site]?.federated = scores.federated[site]
      sites[site]?.central = scores.central[site]
      sites[site]?.alone = scores.alone[site]
    }
  }
}

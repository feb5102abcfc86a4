import Crypto
import Engine
import Federation
import Foundation
import Radiology
import Store
import Synchronization
import Testing
import Triage

@testable import Agent

struct SimulationTests {
  /// What a site's store holds when everything is over.
  private func site(_ name: String, of stores: URL) throws -> (store: Store, model: Model?) {
    let home = stores.appending(path: name, directoryHint: .isDirectory)
    let store = try Store(home: home)
    return (store, try ModelShelf(store: store, home: home).active())
  }

  @Test("the same seed gives the same model and another seed another")
  func deterministic() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    func model(_ name: String, seed: UInt64) async throws -> Model {
      try await chests.simulation(stores: name) { $0.seed = seed }.run { _ in }.model
    }
    let first = try await model("a", seed: 1)
    #expect(try await model("b", seed: 1).id == first.id)
    #expect(try await model("c", seed: 2).weightsDigest != first.weightsDigest)
  }

  @Test("Flower's wire between the sites changes no bit of the model")
  func wire() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    let wired = try await chests.simulation(stores: "a").run { _ in }.model
    var simulation = try chests.simulation(stores: "b")
    simulation.channel = { LocalChannel($0) }
    #expect(try await simulation.run { _ in }.model.id == wired.id)
  }

  @Test("every site ends with the common weights, its own calibration, and its rounds")
  func conclusion() async throws {
    let chests = try LabelledChests(validation: 44)
    defer { chests.clean() }
    let calibrated = Mutex<[String]>([])
    let outcome = try await chests.simulation {
      $0.rounds = 4
      $0.steps = 12
    }.run { event in
      if case .calibrated(let site, 22, 22) = event { calibrated.withLock { $0.append(site) } }
    }
    #expect(outcome.rounds.map(\.number) == [1, 2, 3, 4])
    #expect(outcome.model.familiarity != nil)
    for name in outcome.sites {
      let (store, model) = try site(name, of: chests.stores())
      #expect(model?.weightsDigest == outcome.model.weightsDigest)
      #expect(model?.familiarity == outcome.model.familiarity)
      if calibrated.withLock({ $0.contains(name) }) {
        #expect(model?.calibration.images == 44)
        #expect(model?.lineage.parents == [outcome.model.id])
      } else {
        #expect(model?.id == outcome.model.id)
      }
      let rounds = try store.rounds()
      #expect(rounds.map(\.number) == [1, 2, 3, 4])
      #expect(rounds.allSatisfy { $0.contributions.map(\.site) == [name] })
      #expect(zip(rounds, rounds.dropFirst()).allSatisfy { $0.modelOut == $1.modelIn })
    }
  }

  @Test("a site that cannot be reached sits the rounds out, and the others go on")
  func absent() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    var simulation = try chests.simulation { $0.quorum = 1 }
    simulation.channel = Self.withDeafNorth
    let report = try await simulation.run { _ in }.report
    #expect(report.rounds.count == 2)
    for round in report.rounds {
      #expect(round.sites["north"]?.absence == "The line is dead.")
      #expect(round.sites["north"]?.bytes == 0)
      #expect(round.sites["lakeside"]?.absence == nil)
    }
  }

  @Test("a round with too few sites ends the run with the reason, and no store has a model")
  func noQuorum() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    var simulation = try chests.simulation()
    simulation.channel = Self.withDeafNorth
    let error = await #expect(throws: AgentError.self) { try await simulation.run { _ in } }
    #expect(error?.description.contains("north: The line is dead.") == true)
    for name in LabelledChests.sites {
      let (store, model) = try site(name, of: chests.stores())
      #expect(model == nil)
      #expect(try store.rounds().isEmpty)
    }
    // The same stores serve the next run as if nothing had been.
    let again = try await chests.simulation().run { _ in }.model
    let fresh = try await chests.simulation(stores: "fresh").run { _ in }.model
    #expect(again.id == fresh.id)
  }

  @Test("a cancelled run throws, sends no half-trained update, and leaves no model")
  func cancelled() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    let recorder = Recorder()
    let task = Task {
      var simulation = try chests.simulation()
      simulation.channel = { CancellingChannel(inner: recorder.channel(over: LocalChannel($0))) }
      return try await simulation.run { _ in }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let updates = recorder.messages.filter { $0.bytes.starts(with: Array("SLUPDT1".utf8)) }
    #expect(updates.map(\.site) == ["lakeside"])
    for name in LabelledChests.sites {
      let (store, _) = try site(name, of: chests.stores())
      #expect(try store.models().isEmpty)
      #expect(try store.rounds().isEmpty)
    }
  }

  @Test("the report has federated, central and site-only figures of every site in every round")
  func report() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    let outcome = try await chests.simulation { $0.compares = true }.run { _ in }
    let report = try JSONDecoder().decode(
      SimulationReport.self, from: try JSONEncoder().encode(outcome.report))
    #expect(report.rounds.map(\.round) == [1, 2])
    #expect(report.model == outcome.model.id)
    for round in report.rounds {
      #expect(Set(round.sites.keys) == Set(LabelledChests.sites))
      for turn in round.sites.values {
        #expect(turn.federated != nil && turn.central != nil && turn.alone != nil)
        #expect(turn.examples == 12 && turn.bytes > 1000)
      }
      #expect(round.pooled?.federated != nil && round.pooled?.central != nil)
    }
    #expect(report.test?.federated.pooled.images == 8)
    #expect(report.test?.central != nil)
    #expect(report.test.map { Set($0.alone.keys) } == Set(LabelledChests.sites))
  }

  @Test("a round's table has one row a site")
  func table() {
    var round = SimulationReport.Round(
      round: 3,
      sites: [
        "north": SimulationReport.Turn(examples: 4, bytes: 2_239_284, norm: 1, absence: nil),
        "lakeside": SimulationReport.Turn(examples: 0, bytes: 0, norm: 0, absence: "No lessons."),
      ],
      pooled: SimulationReport.Pooled(federated: 0.8364, central: 0.853))
    round.sites["north"]?.federated = 0.928
    round.sites["north"]?.alone = 0.5
    #expect(
      round.table(of: 20) == """
        Round 3/20        federated  central  alone     bytes out
          lakeside        sat out: No lessons.
          north               0.928        –  0.500       2239284
          all                 0.836    0.853      –       2239284
        """)
  }

  @Test(
    "a round goes twice through the lessons unless told otherwise, whatever the sites share",
    arguments: [(["a": 600, "b": 20], 1240), (["a": 7, "b": 5], 24)])
  func steps(lessons: [String: Int], images: Int) throws {
    let plan = try Simulation.Plan(rounds: 1)
    let batches = plan.batches(for: lessons)
    let all = batches.values.reduce(0, +)
    let steps = plan.steps(for: lessons, batches: batches)
    #expect(steps * all >= images && (steps - 1) * all < images)
  }

  @Test("a site with flipped labels learns from the same pictures under the opposite labels")
  func flipped() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    let key = P256.Signing.PrivateKey()
    let partner = Partner(name: "north", key: key.publicKey)
    let roster = try Roster(coordinator: partner, partners: [partner])
    func lessons(_ lie: Lie?, stores: String) async throws -> [LabelledImage] {
      let recipe = Recipe(
        network: try Network.chest(side: 64, widths: [16, 16], blocks: [0, 0]),
        preprocessing: LabelledChests.preprocessing, card: Card.chest(chests.data),
        training: TrainingPlan())
      return try await SiteAgent.founded(
        on: chests.data, in: chests.stores(stores),
        membership: Membership(roster: roster, key: key), gate: PrivacyGate(), recipe: recipe,
        updateBits: nil, lie: lie
      ) { _, _ in }.lessons
    }
    let (honest, flipped) = (
      try await lessons(nil, stores: "a"), try await lessons(.flippedLabels, stores: "b")
    )
    #expect(honest.count == 24 && flipped.map(\.patient) == honest.map(\.patient))
    #expect(zip(honest, flipped).allSatisfy { $0.isSuspicious != $1.isSuspicious })
    #expect(zip(honest, flipped).allSatisfy { $0.prepared.pixels == $1.prepared.pixels })
    #expect(flipped.allSatisfy { $0.boxes.isEmpty })
  }

  @Test("one site that sends a long change moves the mean far, and the median hardly")
  func scaled() async throws {
    let chests = try LabelledChests(sites: 3)
    defer { chests.clean() }
    func model(_ name: String, _ combination: Combination, lies: Bool) async throws -> Parameters {
      let outcome = try await chests.simulation(stores: name) {
        $0.rounds = 1
        $0.combination = combination
        if lies { $0.liars = ["north": .scaled] }
      }.run { _ in }
      let turn = try #require(outcome.report.rounds[0].sites["north"])
      #expect(turn.lie == (lies ? .scaled : nil))
      #expect(outcome.report.liars == (lies ? ["north": .scaled] : nil))
      #expect(outcome.report.strategy == combination.name)
      #expect(outcome.report.rounds[0].table(of: 1).contains("north (lies)") == lies)
      return outcome.model.parameters
    }
    func distance(_ combination: Combination, _ name: String) async throws -> Double {
      let honest = try await model(name + "-honest", combination, lies: false)
      return try await model(name + "-lied-to", combination, lies: true).subtracting(honest).norm
    }
    let mean = try await distance(.mean(Strategy()), "mean")
    let median = try await distance(.median, "median")
    #expect(mean > 10 * median)
  }

  @Test("a site whose change is longer than is believed sits out, as if it were not there")
  func tooLong() async throws {
    let chests = try LabelledChests(sites: 3)
    defer { chests.clean() }
    let honest = try await chests.simulation(stores: "honest") { $0.rounds = 1 }.run { _ in }
    let longest = try #require(honest.report.rounds[0].sites.values.map(\.norm).max())
    let lied = try await chests.simulation(stores: "lied-to") {
      $0.rounds = 1
      $0.liars = ["north": .scaled]
      $0.longestChange = 2 * longest
    }.run { _ in }
    var deaf = try chests.simulation(stores: "deaf") {
      $0.rounds = 1
      $0.quorum = 2
    }
    deaf.channel = Self.withDeafNorth
    let without = try await deaf.run { _ in }
    let turns = lied.report.rounds[0].sites
    #expect(turns["north"]?.absence?.contains("more than the limit") == true)
    #expect(turns.values.count { $0.absence == nil } == 2)
    #expect(lied.model.parameters == without.model.parameters)
  }

  @Test("a liar that is no site, and multi-Krum among too few sites, are refused")
  func refused() async throws {
    let chests = try LabelledChests()
    defer { chests.clean() }
    await #expect(throws: AgentError.self) {
      try await chests.simulation { $0.liars = ["south": .scaled] }.run { _ in }
    }
    let error = await #expect(throws: ConsortiumError.self) {
      try await chests.simulation { $0.combination = .multiKrum(liars: 1) }.run { _ in }
    }
    #expect(error?.description.contains("quorum of 5") == true)
  }

  @Sendable private static func withDeafNorth(_ parties: [any Party]) -> any Channel {
    LocalChannel(parties.map { $0.name == "north" ? DeafSite(honest: $0, magic: "SLTASK1") : $0 })
  }
}

/// Cancels the run when the second site gets its first task.
private struct CancellingChannel: Channel {
  let inner: any Channel

  func carry(_ message: [UInt8], to site: String) async throws -> [UInt8] {
    if site == "north", message.starts(with: Array("SLTASK1".utf8)) {
      withUnsafeCurrentTask { unsafe $0?.cancel() }
    }
    return try await inner.carry(message, to: site)
  }
}

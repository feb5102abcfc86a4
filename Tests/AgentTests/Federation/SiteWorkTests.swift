import Engine
import Foundation
import Gateway
import Radiology
import Store
import Testing

@testable import Agent
@testable import Federation

@Suite("What a site does about a coordinator's instructions")
struct SiteWorkTests {
  private func demands(
    clip: Double? = nil, noise: Double? = nil, epsilon: Double? = nil, steps: Int = 100
  ) -> Configuration.Federation {
    Configuration.Federation(
      longestChange: clip, leastNoise: noise, mostEpsilon: epsilon, delta: 1e-5, mostSteps: steps,
      mostTime: .seconds(600))
  }

  private static func noisy(clip: Double) -> [(name: String, value: RecordValue)] {
    [("clip", .double(clip)), ("noise", .double(1))]
  }

  @Test("a new task waits for a person, and nothing is learned before")
  func waits() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    async let reply = site.work().answer(site.instruction())
    while try site.store.federationProgress()?.phase != .pending {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try site.store.releases().isEmpty)
    let task = try #require(try site.store.tasks().first)
    #expect(task.settings["steps"] == "3" && task.settings["server-round"] == nil)
    #expect(task.bytes == 4 * (try JoinedSite.fresh().count))
    try await site.approve()
    let moved = try await reply.parameters()
    #expect(moved.isShaped(like: try JoinedSite.fresh()))
    #expect(moved != (try JoinedSite.fresh()))
    #expect(try site.store.releases().map(\.examples) == [12])
  }

  @Test("a refused task is answered with no, and nothing of the site leaves")
  func refused() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    async let reply = site.work().answer(site.instruction())
    while try site.store.tasks().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    try site.store.decide(site.store.tasks()[0].id, .refused, by: "Ada", at: Date())
    #expect(try await reply.refusalCode == 1002)
    #expect(try site.store.releases().isEmpty)
  }

  @Test("a person who decides too late is waited for no longer")
  func tooLate() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let message = FleetMessage(
      Heading(
        "train", run: RunID(rawValue: 5), to: NodeID(rawValue: 9), created: Date(), lifetime: 0.05),
      try site.instruction().content)
    await #expect(throws: FleetError.tooLate) { try await site.work().answer(message) }
  }

  @Test("a round that is cut off and begun again ends as if it had never been cut off")
  func again() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    // So many steps that a round can be caught in its middle.
    let message = try site.instruction(settings: [("steps", .integer(500))])
    let other = try await JoinedSite()
    defer { other.clean() }
    let whole = try await other.answer(message).parameters()
    let approving = Task { while true { try await site.approve() } }
    defer { approving.cancel() }
    let cut = Task { try await site.work(demands(steps: 500)).answer(message) }
    // On a machine that is busy it may be over by then, and has to be the same all the more.
    try await Task.sleep(for: .milliseconds(100))
    cut.cancel()
    if let early = try? await cut.value { #expect(try early.parameters() == whole) }
    #expect(try await site.work().answer(message).parameters() == whole)
    #expect(try site.store.releases().count == 1)
  }

  @Test("what was answered is answered no second time, whatever was asked in between")
  func replayed() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let settings = Self.noisy(clip: 0.01)
    let (first, second) = (
      try site.instruction(settings: settings),
      try site.instruction(settings: settings + [("seed", .integer(8))])
    )
    for message in [first, second] {
      #expect(try await site.answer(message).refusalCode == nil)
    }
    #expect(try await site.answer(first).refusalCode == 1002)
    #expect(try site.store.releasedNoise() == [1, 1])
  }

  @Test("an exact figure does not leave under a task that was approved with noise")
  func exact() async throws {
    let site = try await JoinedSite(validation: 30)
    defer { site.clean() }
    let noisy = Self.noisy(clip: 1)
    let moved = try await site.answer(site.instruction(settings: noisy)).parameters()
    for settings in [[], [noisy[0]]] {
      let reply = try await site.work().answer(
        site.instruction("evaluate", model: moved, settings: settings))
      #expect(reply.refusalCode == 1002)
    }
    #expect(try site.store.models().count == 1)
  }

  @Test("a round is closed by the model that was made of it, and by no other")
  func closed() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    var model = try JoinedSite.fresh()
    for round in [1, 2, 4] {
      model = try await site.answer(site.instruction(round: round, model: model)).parameters()
      let last = try #require(try site.store.releases(limit: 1).first)
      try site.store.taken(last.id, answer: "a", bytes: 1, at: Date())
    }
    #expect(try site.store.rounds().map(\.number) == [1])
  }

  @Test("a coordinator that began anew with another key is asked about, not refused")
  func anew() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let settings = try roster(number: 9, of: site, key: CoordinatorKey())
    _ = try await site.answer(site.instruction(settings: settings))
    let anew = try roster(number: 1, of: site, key: CoordinatorKey())
    #expect(try await site.answer(site.instruction(round: 2, settings: anew)).refusalCode == nil)
  }

  @Test("the optimiser remembers across processes what it remembers in one")
  func remembers() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let first = try await site.answer(site.instruction()).parameters()
    let second = try await site.work().answer(site.instruction(round: 2, model: first))
    // A kill after the second round's memory was kept, and before its answer was.
    let again = try await site.work().answer(site.instruction(round: 2, model: first))
    #expect(try second.parameters() == again.parameters())
    try FileManager.default.removeItem(
      at: site.home.appending(path: "federation/node/optimizer"))
    let forgetful = try await site.work().answer(site.instruction(round: 2, model: first))
    #expect(try forgetful.parameters() != second.parameters())
  }

  @Test("a task that promises less privacy than the site requires is refused unasked")
  func weaker() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let strict = demands(clip: 1, noise: 0.5)
    for settings: [(name: String, value: RecordValue)] in [
      [], [("clip", .double(2)), ("noise", .double(1))], [("clip", .double(1))],
      [("clip", .double(1)), ("noise", .double(0.4))],
    ] {
      let reply = try await site.work(strict).answer(site.instruction(settings: settings))
      #expect(reply.refusalCode == 1004)
    }
    #expect(try site.store.tasks().isEmpty && site.store.releases().isEmpty)
    #expect(try site.store.federationProgress()?.note?.contains("least_noise") == true)
  }

  @Test("what is promised is kept: no longer change leaves, and its noise is on record")
  func kept() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let clipped = try await site.answer(site.instruction(settings: [("clip", .double(0.001))]))
    #expect(clipped.norm <= 0.001 * 1.0001)
    let noisy = try await site.answer(
      site.instruction(round: 2, settings: [("clip", .double(0.01)), ("noise", .double(1))]),
      demands(clip: 0.01, noise: 1))
    #expect(noisy.noise == 1)
    #expect(try site.store.releasedNoise() == [nil, 1])
    let status = try FederationStatus(of: site.store, demands: .usual)
    #expect(status.privacy.epsilon == nil && status.privacy.plain == 1)
  }

  @Test("a spent budget ends the site's part")
  func budget() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let settings = Self.noisy(clip: 0.01)
    let strict = demands(clip: 0.01, noise: 1, epsilon: 6)
    var codes: [Int64?] = []
    for round in 1...3 {
      let message = try site.instruction(round: round, settings: settings)
      codes.append(try await site.answer(message, strict).refusalCode)
    }
    #expect(codes == [nil, 1005, 1005])
    let epsilon = try #require(
      try FederationStatus(of: site.store, demands: strict).privacy.epsilon)
    #expect((4...5).contains(epsilon))
  }

  @Test("a withdrawn consent takes its lesson out of the next round")
  func withdrawn() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    _ = try await site.answer(site.instruction())
    let lesson = try #require(try site.store.lessons(part: .train).first)
    try site.store.setConsent(lesson.study, .withdrawn, by: "Ada")
    _ = try await site.work().answer(site.instruction(round: 2))
    let releases = try site.store.releases()
    #expect(releases.map(\.lessons).sorted() == [11, 12])
    #expect(Set(releases.map(\.manifest)).count == 2)
  }

  @Test("a site with too few lessons, another model or too much to do says so")
  func cannot() async throws {
    let site = try await JoinedSite(train: 4)
    defer { site.clean() }
    #expect(try await site.answer(site.instruction()).refusalCode == 1006)
    let other = Parameters(entries: [.init(name: "w", shape: [2], values: [1, 2])])
    #expect(try await site.work().answer(site.instruction(model: other)).refusalCode == 1003)
    let much = try await site.work(demands(steps: 2)).answer(site.instruction())
    #expect(much.refusalCode == 1007)
  }

  @Test("a model to judge becomes a candidate, and a mean over many is all that leaves")
  func judged() async throws {
    let site = try await JoinedSite(validation: 30)
    defer { site.clean() }
    #expect(try await site.work().answer(site.instruction("evaluate")).refusalCode == 1002)
    let moved = try await site.answer(site.instruction()).parameters()
    let reply = try await site.work().answer(
      site.instruction("evaluate", round: 4, model: moved, settings: [("final", .bool(true))]))
    guard case .records(let records) = reply.content else { return #expect(Bool(false)) }
    #expect(records.map(\.name) == ["metrics"])
    #expect(records[0].record.value("num-examples") == .integer(30))
    let candidate = try #require(try site.store.models().first { $0.state == .candidate })
    #expect(candidate.round == 4)
    let noisy = try await site.work().answer(
      site.instruction(
        "evaluate", round: 4, model: moved,
        settings: [("clip", .double(1)), ("noise", .double(1))]))
    #expect(noisy.refusalCode == 1002)
    #expect(try site.store.models().count == 2)
  }

  @Test("a mean over few lessons stays here, and the model comes all the same")
  func fewToJudge() async throws {
    let site = try await JoinedSite(validation: 4)
    defer { site.clean() }
    let moved = try await site.answer(site.instruction()).parameters()
    let reply = try await site.work().answer(
      site.instruction("evaluate", round: 4, model: moved, settings: [("final", .bool(true))]))
    #expect(reply.refusalCode == 1006)
    #expect(try site.store.models().contains { $0.state == .candidate })
  }

  @Test("a setting of ours that does not fit is refused, and one nobody knows is shown")
  func settings() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    for bad: (String, RecordValue) in [
      ("steps", .integer(0)), ("learning-rate", .double(2)), ("learning-rate", .double(.nan)),
      ("clip", .double(-1)), ("batch", .text("many")), ("rounds", .integer(0)),
    ] {
      let message = try site.instruction(settings: [(bad.0, bad.1)])
      await #expect(throws: FleetError.self) { try await site.work().answer(message) }
    }
    let odd = try site.instruction(settings: [("dropout", .double(0.5))])
    #expect(try LearningInstruction(odd).settings["dropout"] == "0.5")
  }

  /// What a coordinator with a key of its own sends about its sites, this one among them or not.
  private func roster(
    _ names: [String] = ["North"], number: Int = 1, of site: JoinedSite, key: CoordinatorKey,
    isMember: Bool = true
  ) throws -> [(name: String, value: RecordValue)] {
    let members = try names.map { name in
      ConsortiumRoster.Member(
        name: name,
        key: try PublicNodeKey((name == "North" && isMember ? site.key : NodeKey()).publicPEM))
    }
    let signed = try SignedRoster(
      ConsortiumRoster(
        consortium: "Chests", number: number,
        coordinator: .init(name: "Hub", key: key.publicKey), members: members), signedBy: key)
    return [
      ("roster", .text(signed.text)), ("roster-signature", .text(signed.signature)),
    ]
  }

  @Test("a new partner, or another coordinator's key, waits for a person again")
  func partners() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let (hub, other) = (CoordinatorKey(), CoordinatorKey())
    let rosters = [
      try roster(of: site, key: hub),
      try roster(["North", "South"], number: 2, of: site, key: hub),
      try roster(number: 3, of: site, key: other),
    ]
    for settings in rosters {
      let reply = try await site.answer(site.instruction(settings: settings))
      #expect(reply.refusalCode == nil)
    }
    let tasks = try site.store.tasks()
    #expect(tasks.count == 3)
    #expect(tasks.map(\.partners.count).sorted() == [1, 1, 2])
    #expect(tasks.allSatisfy { $0.partners[0].hasPrefix("North (") })
  }

  @Test("a site is called in its own rounds what the last approved roster calls it")
  func named() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let hub = CoordinatorKey()
    func answer(round: Int, _ settings: [(name: String, value: RecordValue)]) async throws {
      let message = try site.instruction(round: round, settings: settings)
      #expect(try await site.answer(message).refusalCode == nil)
      let last = try #require(try site.store.releases(limit: 1).first)
      try site.store.taken(last.id, answer: "a", bytes: 1, at: Date())
    }
    try await answer(round: 1, [])
    #expect(try site.store.siteNames().isEmpty)
    try await answer(round: 2, roster(of: site, key: hub))
    try await answer(round: 3, roster(of: site, key: hub))
    let named = try Dictionary(
      uniqueKeysWithValues: site.store.rounds().map { ($0.number, $0.contributions.map(\.site)) })
    // The first closes when the roster is there.
    #expect(named == [1: ["North"], 2: ["North"]])
    #expect(try FederationStatus(of: site.store, demands: .usual).names == ["North"])
    // Of a task that was not approved nothing is taken, not even a name.
    let other = try roster(["Stranger", "North"], number: 2, of: site, key: CoordinatorKey())
    let waiting = Task { try await site.work().answer(site.instruction(round: 4, settings: other)) }
    while try site.store.tasks().allSatisfy({ $0.state != .pending }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    waiting.cancel()
    _ = await waiting.result
    #expect(try site.store.siteNames() == ["North"])
  }

  @Test("however many sites learn here, a heartbeat has a thread to beat on")
  func leavesThreads() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let count = ProcessInfo.processInfo.activeProcessorCount + 1
    let (began, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    // Whatever a site does takes as long as this clock.
    let clock: @Sendable () -> Date = {
      began.signal()
      mayEnd.wait()
      mayEnd.signal()
      return Date()
    }
    let message = try site.instruction()
    let learning = (0..<count).map { _ in
      Task { try await site.work(now: clock).answer(message) }
    }
    // From outside: if no thread is left, nothing in here goes on before they have ended.
    let inTime = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        for _ in 0..<count { _ = began.wait(timeout: .now() + 30) }
        let beat = DispatchSemaphore(value: 0)
        Task.detached { beat.signal() }
        let inTime = beat.wait(timeout: .now() + 60) == .success
        mayEnd.signal()
        continuation.resume(returning: inTime)
      }
    }
    #expect(inTime)
    for work in learning { work.cancel() }
    for work in learning { _ = await work.result }
  }

  @Test("a model is judged for the partners that were approved, and for no others")
  func judgedForPartners() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let hub = CoordinatorKey()
    let approved = try roster(of: site, key: hub)
    let moved = try await site.answer(site.instruction(settings: approved)).parameters()
    func judge(_ settings: [(name: String, value: RecordValue)]) async throws -> Int64? {
      try await site.work().answer(
        site.instruction("evaluate", round: 4, model: moved, settings: settings)
      ).refusalCode
    }
    #expect(try await judge(approved) == nil)
    #expect(try await judge([]) == 1002)
    #expect(try await judge(roster(["North", "South"], number: 2, of: site, key: hub)) == 1002)
    #expect(try await judge(roster(number: 3, of: site, key: CoordinatorKey())) == 1002)
  }

  @Test("an old roster, a changed one, and one without this site are refused unasked")
  func strangers() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let hub = CoordinatorKey()
    _ = try await site.answer(
      site.instruction(settings: roster(number: 5, of: site, key: hub)))
    var forged = try roster(number: 6, of: site, key: hub)
    forged[1] = try roster(number: 7, of: site, key: hub)[1]
    for settings in [
      try roster(number: 4, of: site, key: hub), forged,
      try roster(number: 6, of: site, key: hub, isMember: false), [("roster", .text("{}"))],
    ] {
      let reply = try await site.work().answer(site.instruction(settings: settings))
      #expect(reply.refusalCode == 1008)
    }
    #expect(try site.store.tasks().count == 1)
  }
}

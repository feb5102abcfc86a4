import Engine
import Foundation
import Gateway
import Radiology
import Store
import Testing

@testable import Agent
@testable import Federation

@Suite("A site answers in few bits where it is asked to, and owes nothing twice")
struct FewBitsTests {
  private static func bits(
    _ bits: Int, _ more: [(name: String, value: RecordValue)] = []
  ) -> [(name: String, value: RecordValue)] {
    [("update-bits", .integer(Int64(bits)))] + more
  }

  /// The model that an answer makes, as the coordinator reads it.
  private static func model(_ reply: SealedReply, after model: Parameters) throws -> Parameters {
    try update(reply, after: model).model
  }

  private static func update(
    _ reply: SealedReply, after model: Parameters, digest: String? = nil
  ) throws -> (model: Parameters, holdsModel: Bool) {
    let message = FleetMessage(
      Heading("train", run: RunID(rawValue: 1), to: NodeID(rawValue: 2), created: Date()),
      reply.content)
    let update = try AnswerCheck(
      model: model, longestChange: nil, updateBits: .eight, digest: digest
    ).update(message)
    return (update.model, update.holdsModel)
  }

  /// The usual instruction of a round, with a model as our coordinators send it.
  private static func instruction(
    at site: JoinedSite, round: Int, _ sent: SentModel, isSmall: Bool
  ) throws -> FleetMessage {
    let usual = try site.instruction(round: round, settings: bits(8))
    guard case .records(let records) = usual.content else { return usual }
    let model = isSmall ? try #require(try sent.small()) : try sent.whole()
    return FleetMessage(
      usual.heading, .records(model + records.filter { $0.name == "config" }))
  }

  /// Every file of what is owed, by name.
  private static func owed(at site: JoinedSite) throws -> [String: Data] {
    let folder = site.home.appending(path: "federation/node/owed")
    var files: [String: Data] = [:]
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for file in all ?? .init() {
      guard let url = file as? URL, let data = try? Data(contentsOf: url) else { continue }
      files[url.lastPathComponent] = data
    }
    return files
  }

  @Test("who does not ask gets floats, and nothing is owed")
  func plain() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let reply = try await site.answer(site.instruction())
    #expect(try reply.parameters().isShaped(like: JoinedSite.fresh()))
    #expect(try Self.owed(at: site).isEmpty)
  }

  @Test("the same is learned, a step's half from what floats say")
  func near() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let other = try await JoinedSite()
    defer { other.clean() }
    let floats = try await other.answer(other.instruction()).parameters()
    let reply = try await site.answer(site.instruction(settings: Self.bits(8)))
    let fresh = try JoinedSite.fresh()
    let few = try Self.model(reply, after: fresh)
    let learned = floats.sorted.subtracting(fresh.sorted)
    #expect(few != fresh)
    #expect(few.sorted.subtracting(floats.sorted).norm < 0.02 * learned.norm)
    let task = try #require(try site.store.tasks().first)
    #expect(task.settings["update-bits"] == "8" && task.bytes == fresh.count)
  }

  @Test("other bits are another task, which waits for a person again")
  func approval() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    for (round, settings) in [(1, []), (2, Self.bits(8)), (3, Self.bits(16)), (4, Self.bits(8))] {
      _ = try await site.answer(site.instruction(round: round, settings: settings))
    }
    #expect(try site.store.tasks().count == 3)
  }

  @Test("bits that nobody has are refused, and nothing is learned", arguments: [0, 4, 32, -8])
  func others(bits: Int) async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    await #expect(throws: FleetError.self) {
      try await site.work().answer(site.instruction(settings: Self.bits(bits)))
    }
    #expect(try site.store.tasks().isEmpty)
  }

  @Test("a round begun again after a kill ends in the same bits, with what the last one owed")
  func killed() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let fresh = try JoinedSite.fresh()
    let first = try Self.model(
      try await site.answer(site.instruction(settings: Self.bits(8))), after: fresh)
    let second = try site.instruction(round: 2, model: first, settings: Self.bits(8))
    let reply = try await site.work().answer(second)
    let owed = try Self.owed(at: site)
    #expect(owed.count == 2)
    // Killed after what is owed was kept, and before the answer was.
    let again = try await site.work().answer(second)
    #expect(try Self.model(again, after: first) == Self.model(reply, after: first))
    #expect(try Self.owed(at: site) == owed)
    try FileManager.default.removeItem(at: site.home.appending(path: "federation/node/owed"))
    let forgetful = try await site.work().answer(second)
    #expect(try Self.model(forgetful, after: first) != Self.model(reply, after: first))
  }

  @Test("from a model that came as a change is learned what is from the same that came whole")
  func changed() async throws {
    let (site, other) = (try await JoinedSite(), try await JoinedSite())
    defer {
      site.clean()
      other.clean()
    }
    let fresh = try JoinedSite.fresh()
    let first = SentModel(fresh, isKept: true)
    for site in [site, other] {
      let reply = try await site.answer(
        Self.instruction(at: site, round: 1, first, isSmall: false))
      #expect(try Self.update(reply, after: fresh, digest: first.digest).holdsModel)
    }
    let second = SentModel(
      towards: fresh.adding(fresh, scaled: 0.1), after: fresh, in: .eight)
    let change = try Self.instruction(at: site, round: 2, second, isSmall: true)
    let whole = try Self.instruction(at: other, round: 2, second, isSmall: false)
    let expected = try Self.update(
      await other.answer(whole), after: second.model, digest: second.digest)
    // Begun again after a kill before its answer was kept, as often as that happens.
    for _ in 0..<3 {
      let reply = try await site.work().answer(change)
      let update = try Self.update(reply, after: second.model, digest: second.digest)
      #expect(update.model == expected.model && update.holdsModel)
    }
    // Nobody is asked again, and what is shown is the model's arrays.
    let tasks = try site.store.tasks()
    #expect(tasks.count == 1 && tasks[0].parts.map(\.name) == fresh.entries.map(\.name))
    #expect(try site.store.releases(limit: 1).map(\.modelIn) == [second.model.digest])
  }

  @Test("a change of a model that is not here teaches nothing, and the whole then what it would")
  func lost() async throws {
    let (site, other) = (try await JoinedSite(), try await JoinedSite())
    defer {
      site.clean()
      other.clean()
    }
    let fresh = try JoinedSite.fresh()
    for site in [site, other] {
      _ = try await site.answer(
        Self.instruction(at: site, round: 1, SentModel(fresh, isKept: true), isSmall: false))
    }
    try FileManager.default.removeItem(
      at: site.home.appending(path: "federation/node/received"))
    let second = SentModel(
      towards: fresh.adding(fresh, scaled: 0.1), after: fresh, in: .eight)
    let change = try Self.instruction(at: site, round: 2, second, isSmall: true)
    await #expect(throws: FleetError.lacksModel) { try await site.work().answer(change) }
    #expect(try site.store.releases().count == 1)
    let whole = try Self.instruction(at: site, round: 2, second, isSmall: false)
    let (mine, theirs) = (
      try await site.answer(whole), try await other.answer(change)
    )
    #expect(
      try Self.update(mine, after: second.model, digest: second.digest).model
        == Self.update(theirs, after: second.model, digest: second.digest).model)
  }

  @Test("a coordinator that wants no model kept hears of none, and a task that waits keeps none")
  func unasked() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let received = site.home.appending(path: "federation/node/received").path
    let reply = try await site.answer(site.instruction(settings: Self.bits(8)))
    #expect(try !Self.update(reply, after: JoinedSite.fresh()).holdsModel)
    let sent = SentModel(try JoinedSite.fresh(), isKept: true)
    let message = try Self.instruction(at: site, round: 2, sent, isSmall: false)
    try site.store.decide(site.store.tasks()[0].id, .refused, by: "Ada", at: Date())
    #expect(try await site.work().answer(message).refusalCode == 1002)
    #expect(!FileManager.default.fileExists(atPath: received))
  }

  @Test("what an answer owes that never left is not added to another")
  func neverLeft() async throws {
    let (site, other) = (try await JoinedSite(), try await JoinedSite())
    defer {
      site.clean()
      other.clean()
    }
    let fresh = try JoinedSite.fresh()
    let approving = Task { while true { try await site.approve() } }
    defer { approving.cancel() }
    _ = try await site.work().answer(site.instruction(settings: Self.bits(8)))
    #expect(try Self.owed(at: site).count == 1)
    // Of the same optimiser's memory, and nothing owed.
    _ = try await other.answer(other.instruction(settings: Self.bits(8)))
    try FileManager.default.removeItem(at: other.home.appending(path: "federation/node/owed"))
    let next = try site.instruction(round: 2, settings: Self.bits(8))
    let (mine, theirs) = (try await site.work().answer(next), try await other.answer(next))
    #expect(try Self.model(mine, after: fresh) == Self.model(theirs, after: fresh))
  }

  @Test("what an answer without noise owes stays here once noise is wanted")
  func noisy() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let store = site.store
    _ = try await site.answer(site.instruction(settings: Self.bits(8)))
    let kept = OwedChange(
      in: site.home.appending(path: "federation/node"),
      of: try FileManager.default.contentsOfDirectory(
        atPath: site.home.appending(path: "federation/node/owed").path)[0])
    #expect(try kept.change(before: 2, of: 5) { try store.released($0)?.announced } != nil)
    let noise: [(name: String, value: RecordValue)] = [
      ("clip", .double(0.01)), ("noise", .double(1)),
    ]
    let noisy = try await site.answer(
      site.instruction(round: 2, settings: Self.bits(8, noise)))
    #expect(noisy.noise == 1)
    // The first one is gone: the noisy round neither used nor kept it.
    #expect(try Self.owed(at: site).keys.allSatisfy { $0.hasPrefix("5-2-") })
  }

  @Test("of the rounds of a run the last that left is owed, of another run none")
  func last() throws {
    let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: place) }
    let owed = OwedChange(in: place, of: "hub")
    func change(_ value: Float) -> Parameters {
      Parameters(entries: [.init(name: "w", shape: [1], values: [value])])
    }
    let times = ["a": 1.0, "b": 2, "d": 4, "e": 5]
    let left: (String) -> Date? = { times[$0].map(Date.init(timeIntervalSinceReferenceDate:)) }
    #expect(try owed.change(before: 1, of: 7, left: left) == nil)
    try owed.keep(change(1), of: "a", after: 1, of: 7, left: left)
    // Two attempts at a round, both of which left, and one that did not.
    try owed.keep(change(2), of: "b", after: 2, of: 7, left: left)
    try owed.keep(change(3), of: "c", after: 2, of: 7, left: left)
    try owed.keep(change(4), of: "d", after: 2, of: 7, left: left)
    #expect(try owed.change(before: 2, of: 7, left: left) == change(1))
    #expect(try owed.change(before: 3, of: 7, left: left) == change(4))
    #expect(try owed.change(before: nil, of: 7, left: left) == change(4))
    #expect(try owed.change(before: 3, of: 8, left: left) == nil)
    try owed.keep(change(5), of: "e", after: 1, of: 8, left: left)
    #expect(try owed.change(before: 3, of: 7, left: left) == nil)
    #expect(try owed.change(before: 2, of: 8, left: left) == change(5))
  }
}

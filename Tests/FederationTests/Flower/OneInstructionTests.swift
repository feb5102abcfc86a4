import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("One instruction that goes wrong is the end of that instruction, not of the node")
struct OneInstructionTests {
  private static func arrays() throws -> [(name: String, record: FleetRecord)] {
    [("arrays", .arrays([("w", try FleetArray([1, 2], shape: [2]))]))]
  }

  /// What the node says of its first instruction, while calls fail as the test says.
  private func firstEnd(
    passing passed: @escaping @Sendable () -> TimeInterval = { 0 },
    _ failure: @escaping @Sendable (StubbornTransport.Call) -> FleetError?
  ) async throws -> FederationNode.Event? {
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let node = try #require(await coordinator.nodes.first)
      try await coordinator.ask(node, to: "train", with: Self.arrays())
      let way = StubbornTransport(
        way: LocalTransport(coordinator, key: folder.key), failure: failure)
      let (events, told) = AsyncStream.makeStream(of: FederationNode.Event.self)
      let running = Task {
        defer { told.finish() }
        try await FederationNode(
          way, folder: folder, pause: .milliseconds(2),
          now: { Date().addingTimeInterval(passed()) }
        ) { told.yield($0) }.run { try addingStep(1, to: $0) }
      }
      var end: FederationNode.Event?
      search: for await event in events {
        switch event {
        case .answered, .dropped:
          end = event
          break search
        default: continue
        }
      }
      running.cancel()
      _ = await running.result
      return end
    }
  }

  @Test("what the coordinator or a proxy refuses of it is dropped, wherever it is refused")
  func refused() async throws {
    let errors: [FleetError] = [
      .refused(server: "a", status: 413, code: 0, reason: ""),
      .refused(server: "a", status: 404, code: 0, reason: ""),
      .answerTooLarge(server: "a", limit: 1), .unexpected(server: "a"), .malformed("tree"),
    ]
    for error in errors {
      for call in [StubbornTransport.Call.pull, .fetch, .push] {
        let end = try await firstEnd { $0 == call ? error : nil }
        guard case .dropped(error)? = end else {
          Issue.record("\(call) \(error): \(String(describing: end))")
          continue
        }
      }
    }
  }

  @Test("an instruction that cannot be brought here whole is answered so, and the next one is done")
  func unreadable() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let first = try await site.ask()
      let way = StubbornTransport(way: site.local) { call in
        // All but its first object, which says whose it is.
        guard call == .fetch, site.folder.instruction()?.message == first,
          site.folder.objects.has(first)
        else { return nil }
        return .refused(server: "a", status: 413, code: 0, reason: "")
      }
      try await site.run(way) { event in
        guard case .answered = event else { return false }
        if site.works > 0 { return true }
        let answers = try await site.coordinator.answers(within: .seconds(600))
        guard case .refusal(1001, _)? = answers[site.node]?.content else { return true }
        await site.coordinator.endRound()
        try await site.ask([5, 6])
        return false
      }
      #expect(try await site.values() == [6, 7])
    }
  }

  @Test("an instruction that can be neither brought here nor answered is left alone for a while")
  func leftAlone() async throws {
    let (pulls, fetches) = (Counter(), Counter())
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let way = StubbornTransport(way: site.local) { call in
        if call == .pull { pulls.add() }
        guard call == .fetch else { return nil }
        fetches.add()
        return .malformed("first")
      }
      let running = Task { try await site.run(way) { _ in false } }
      while pulls.count < 20 { try await Task.sleep(for: .milliseconds(2)) }
      running.cancel()
      _ = await running.result
      #expect(fetches.count == 1)
    }
  }

  private final class Counter: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
  }

  @Test("what never gets better is tried until nobody waits for the answer any more")
  func tooLate() async throws {
    for call in [StubbornTransport.Call.fetch, .push] {
      let tries = Mutex(0)
      let end = try await firstEnd(
        passing: { tries.withLock { $0 > 2 } ? 43_201 : 0 }
      ) {
        guard $0 == call else { return nil }
        tries.withLock { $0 += 1 }
        return .refused(server: "a", status: 503, code: 0, reason: "")
      }
      guard case .dropped(.tooLate)? = end else {
        Issue.record("\(call): \(String(describing: end))")
        continue
      }
    }
  }

  @Test("an instruction of another coordinator is neither worked on nor answered")
  func anotherCoordinator() async throws {
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let first = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let node = try #require(await first.nodes.first)
      try await first.ask(node, to: "train", with: Self.arrays())
      let asked = try #require(try await first.next(for: node, key: folder.key.publicPEM))
      for id in asked.tree.objects {
        try folder.objects.keep(try #require(try asked.content(of: id)), as: id)
      }
      try folder.keep(Instruction(run: first.run, tree: asked.tree))
      let second = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let (events, told) = AsyncStream.makeStream(of: FederationNode.Event.self)
      let running = Task {
        try await FederationNode(
          LocalTransport(second, key: folder.key), folder: folder, pause: .milliseconds(2)
        ) { told.yield($0) }.run { _ in
          Issue.record("it was worked on")
          return .refusal(.notAllowed)
        }
      }
      for await event in events { if case .dropped = event { break } }
      running.cancel()
      _ = await running.result
      #expect(folder.instruction() == nil)
    }
  }

  @Test("a coordinator that began anew is joined again, under the number that it gives")
  func begunAnew() async throws {
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let number = try #require(await coordinator.nodes.first)
      let isForgotten = Mutex(true)
      let way = StubbornTransport(way: LocalTransport(coordinator, key: folder.key)) {
        guard $0 == .pull else { return nil }
        return isForgotten.withLock { isForgotten in
          defer { isForgotten = false }
          return isForgotten ? .unknownKey(server: "a") : nil
        }
      }
      try folder.keep(NodeID(rawValue: 7))
      try await coordinator.ask(number, to: "train", with: Self.arrays())
      let running = Task {
        try await FederationNode(way, folder: folder, pause: .milliseconds(2)) { _ in }
          .run { try addingStep(1, to: $0) }
      }
      let answers = try await coordinator.answers(within: .seconds(600))
      running.cancel()
      _ = await running.result
      #expect(try answers[number]?["arrays"]?.array("w")?.floats() == [2, 3])
    }
  }
}

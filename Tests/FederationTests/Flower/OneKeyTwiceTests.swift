import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

@Suite("Two machines with one key: the second is told so, and the first goes on")
struct OneKeyTwiceTests {
  /// One of the machines, which runs until it is stopped.
  private final class Machine: Sendable {
    let way: any FederationTransport
    let folder: NodeFolder
    private let seen = Mutex<(events: [FederationNode.Event], works: Int)>(([], 0))
    private let running = Mutex<Task<Void, any Error>?>(nil)

    init(_ way: any FederationTransport, _ folder: NodeFolder) {
      self.way = way
      self.folder = folder
    }

    var works: Int { seen.withLock { $0.works } }

    func start() {
      let task = Task {
        try await FederationNode(way, folder: folder, pause: .milliseconds(20)) { event in
          self.seen.withLock { $0.events.append(event) }
        }.run { message in
          self.seen.withLock { $0.works += 1 }
          return try addingStep(1, to: message)
        }
      }
      running.withLock { $0 = task }
    }

    /// Waits until something has happened there; nothing that happened is missed.
    func says(_ isIt: (FederationNode.Event) -> Bool) async throws {
      let end = ContinuousClock.now + .seconds(600)
      while !seen.withLock({ $0.events.contains(where: isIt) }) {
        try #require(ContinuousClock.now < end, "it never came")
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    func isOnline() async throws { try await says { if case .online = $0 { true } else { false } } }

    var wasOnline: Bool {
      seen.withLock { $0.events.contains { if case .online = $0 { true } else { false } } }
    }

    /// Hears that the key is online elsewhere.
    func isTold() async throws {
      try await says { event in
        guard case .waiting(let error) = event, case .stillOnline = error else { return false }
        return error.description.contains("give each machine a key of its own")
      }
    }

    func stop() async {
      let task = running.withLock { $0 }
      task?.cancel()
      _ = await task?.result
    }
  }

  @Test(
    "a copy of a node's folder is not taken for the node, and comes in when that has gone",
    arguments: Way.allCases)
  func copied(way: Way) async throws {
    try await withFolder { place in
      let original = try NodeFolder(place.appending(path: "node"))
      let key = original.key
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      let node = try #require(await coordinator.nodes.first)
      try await way.reach(coordinator, as: [key, key]) { ways in
        let first = Machine(ways[0], original)
        first.start()
        try await first.isOnline()
        // As a clone of the machine, or a backup that is put back elsewhere, has it.
        let copy = place.appending(path: "copy")
        try FileManager.default.copyItem(at: place.appending(path: "node"), to: copy)
        let second = Machine(ways[1], try NodeFolder(copy))
        #expect(second.folder.key.publicPEM == key.publicPEM && second.folder.has(.node))
        second.start()
        try await second.isTold()
        for values in [[1, 2], [5, 6]] as [[Float]] {
          #expect(try await answer(to: values, of: node, coordinator) == values.map { $0 + 1 })
        }
        #expect(first.works == 2 && second.works == 0 && !second.wasOnline)
        await first.stop()
        try await ways[0].leave(node)
        try await second.isOnline()
        #expect(try await answer(to: [7, 8], of: node, coordinator) == [8, 9])
        #expect(first.works == 2 && second.works == 1)
        await second.stop()
      }
    }
  }

  private func answer(
    to values: [Float], of node: NodeID, _ coordinator: EmbeddedCoordinator
  ) async throws -> [Float]? {
    await coordinator.endRound()
    try await coordinator.ask(
      node, to: "train",
      with: [("arrays", .arrays([("w", try FleetArray(values, shape: [values.count]))]))])
    return try await coordinator.answers(within: .seconds(600))[node]?["arrays"]?.array("w")?
      .floats()
  }

  @Test(
    "a stock SuperLink is asked by one of them only, and the other says what may be the matter",
    .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
  func stock() async throws {
    try await withFolder { folder in
      let flower = try await StockFlower(in: folder)
      let place = folder.appending(path: "node")
      let original = try NodeFolder(place)
      let (link, port) = try await flower.superLink(knowing: [original.key.publicOpenSSH])
      let address = try CoordinatorAddress(
        try #require(URL(string: "https://127.0.0.1:\(port)")),
        authority: flower.certificates.authority)
      let ways = (0..<3).map { _ in FlowerTransport(address, key: original.key) }
      let copies = ["copy", "key"].map { folder.appending(path: $0) }
      let first = Machine(ways[0], original)
      let outcome: Result<Void, any Error>
      do {
        first.start()
        try await first.isOnline()
        for copy in copies { try FileManager.default.copyItem(at: place, to: copy) }
        try await together(ways, copies)
        // The first one is still the SuperLink's.
        let node = try #require(original.node())
        try await ways[0].beat(as: node)
        outcome = .success(())
      } catch {
        outcome = .failure(error)
        Issue.record("\(link.output.suffix(3000))")
      }
      await first.stop()
      for way in ways { await way.close() }
      await flower.end([link])
      try outcome.get()
    }
  }

  /// What two others hear that come with the key while its owner is online.
  private func together(_ ways: [FlowerTransport], _ copies: [URL]) async throws {
    let second = Machine(ways[1], try NodeFolder(copies[0]))
    second.start()
    let told: Result<Void, any Error>
    do { told = .success(try await second.isTold()) } catch { told = .failure(error) }
    await second.stop()
    try told.get()
    #expect(!second.wasOnline)
    // Only the key came along: a SuperLink says the same of it as of one that it does not know.
    try await NodeFolder(copies[1]).forgetCoordinator()
    let third = try FederationNode(ways[2], folder: NodeFolder(copies[1])) { _ in }
    let error = await #expect(throws: FleetError.self) {
      try await third.run { _ in .refusal(.notAllowed) }
    }
    #expect(
      error?.description.contains("or another machine is online with it") == true,
      "\(String(describing: error))")
  }
}

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

/// The ways to a coordinator that are held to the same promises.
enum Way: String, CaseIterable, CustomTestStringConvertible {
  case inProcess, network
  var testDescription: String { rawValue }

  /// Gives each key's owner a way to the coordinator.
  func reach<Result: Sendable>(
    _ coordinator: EmbeddedCoordinator, as keys: [NodeKey],
    _ body: @Sendable @escaping ([any FederationTransport]) async throws -> Result
  ) async throws -> Result {
    switch self {
    case .inProcess:
      return try await body(keys.map { LocalTransport(coordinator, key: $0) })
    case .network:
      return try await serving(FleetServer(coordinator)) { port in
        let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        let ways = try keys.map { FlowerTransport(try CoordinatorAddress(url), key: $0) }
        do {
          let result = try await body(ways)
          for way in ways { await way.close() }
          return result
        } catch {
          for way in ways { await way.close() }
          throw error
        }
      }
    }
  }
}

/// Runs the body while the server serves.
func serving<Result: Sendable>(
  _ server: FleetServer, _ body: @Sendable @escaping (Int) async throws -> Result
) async throws -> Result {
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  return try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask {
      try await server.run { port.yield($0) }
      return nil
    }
    group.addTask {
      for await number in ports { return try await body(number) }
      throw CancellationError()
    }
    defer { group.cancelAll() }
    while let next = try await group.next() { if let next { return next } }
    throw CancellationError()
  }
}

@Suite("Every way to a coordinator keeps the same promises")
struct ContractTests {
  private let key = NodeKey()

  private func coordinator(_ more: NodeKey...) -> EmbeddedCoordinator {
    EmbeddedCoordinator(admitting: .keys(([key] + more).map(\.publicPEM)))
  }

  private static func arrays(_ values: [Float]) throws -> [(name: String, record: FleetRecord)] {
    [("arrays", .arrays([("w", try FleetArray(values, shape: [values.count]))]))]
  }

  /// The instruction's message, with every object fetched and confirmed.
  private static func take(
    _ transport: any FederationTransport, as node: NodeID
  ) async throws -> (Instruction, FleetMessage)? {
    guard let instruction = try await transport.pull(as: node) else { return nil }
    let shelf = MemoryShelf()
    for id in instruction.tree.objects {
      let bytes = try await transport.fetch(id, of: instruction.run, as: node)
      try shelf.keep(bytes, as: id)
    }
    try await transport.confirm(instruction.message, of: instruction.run, as: node)
    return (instruction, try FleetMessage(instruction.tree, from: shelf))
  }

  private static func answer(
    _ instruction: Instruction, _ message: FleetMessage, _ content: FleetMessage.Content
  ) throws -> DeflatedMessage {
    try DeflatedMessage(
      FleetMessage(try message.heading.answer(to: instruction.message, at: Date()), content))
  }

  @Test("an instruction arrives once and whole, and its answer comes back", arguments: Way.allCases)
  func exchange(way: Way) async throws {
    let coordinator = coordinator()
    try await way.reach(coordinator, as: [key]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      #expect(await coordinator.online == [node])
      #expect(try await ways[0].pull(as: node) == nil)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1, 2]))
      let (instruction, message) = try #require(try await Self.take(ways[0], as: node))
      #expect(try message["arrays"]?.array("w")?.floats() == [1, 2])
      #expect(message.heading.kind == "train" && message.heading.destination == node)
      #expect(try await ways[0].pull(as: node) == nil)
      let reply = try Self.answer(instruction, message, .records(Self.arrays([3, 4])))
      try await ways[0].push(reply, as: node)
      let answers = try await coordinator.answers(within: .seconds(600))
      #expect(try answers[node]?["arrays"]?.array("w")?.floats() == [3, 4])
    }
  }

  @Test("a refusal comes back as one", arguments: Way.allCases)
  func refusal(way: Way) async throws {
    let coordinator = coordinator()
    try await way.reach(coordinator, as: [key]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
      let (instruction, message) = try #require(try await Self.take(ways[0], as: node))
      try await ways[0].push(
        Self.answer(instruction, message, .refusal(code: 1000, reason: "not today")), as: node)
      let answers = try await coordinator.answers(within: .seconds(600))
      guard case .refusal(1000, "not today")? = answers[node]?.content else {
        Issue.record("no refusal")
        return
      }
    }
  }

  @Test("who comes back is taken for the same, online or not", arguments: Way.allCases)
  func comingBack(way: Way) async throws {
    try await way.reach(coordinator(), as: [key]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      #expect(try await ways[0].activate(resuming: node) == node)
      try await ways[0].beat(as: node)
      try await ways[0].leave(node)
      #expect(try await ways[0].activate(resuming: nil) == node)
    }
  }

  @Test("a key that is not on the list gets nothing", arguments: Way.allCases)
  func rogue(way: Way) async throws {
    let coordinator = coordinator()
    try await way.reach(coordinator, as: [key, NodeKey()]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
      for attempt: @Sendable () async throws -> Void in [
        { _ = try await ways[1].activate(resuming: nil) },
        { _ = try await ways[1].activate(resuming: node) },
        { try await ways[1].beat(as: node) },
        { _ = try await ways[1].pull(as: node) },
        { try await ways[1].leave(node) },
      ] {
        let error = await #expect(throws: FleetError.self) { try await attempt() }
        guard case .unknownKey? = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
      // Nothing of it was given out.
      #expect(try await ways[0].pull(as: node) != nil)
    }
  }

  @Test(
    "two machines with one key are told apart, and the second is told so", arguments: Way.allCases)
  func oneKeyTwice(way: Way) async throws {
    try await way.reach(
      EmbeddedCoordinator(admitting: .everybody), as: [key, key]
    ) { ways in
      _ = try await ways[0].activate(resuming: nil)
      let error = await #expect(throws: FleetError.self) {
        try await ways[1].activate(resuming: nil)
      }
      guard case .stillOnline? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("what nobody waits for is refused, and so is a second answer", arguments: Way.allCases)
  func unasked(way: Way) async throws {
    let coordinator = coordinator()
    try await way.reach(coordinator, as: [key]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
      let (instruction, message) = try #require(try await Self.take(ways[0], as: node))
      func push(_ value: Float, to other: ObjectID? = nil) async throws {
        let heading = try message.heading.answer(
          to: other ?? instruction.message, at: Date())
        try await ways[0].push(
          DeflatedMessage(FleetMessage(heading, .records(Self.arrays([value])))), as: node)
      }
      await #expect(throws: FleetError.self) { try await push(2, to: ObjectID(of: [1])) }
      try await push(3)
      await #expect(throws: FleetError.self) { try await push(4) }
      await coordinator.endRound()
      await #expect(throws: FleetError.self) { try await push(5) }
    }
  }

  @Test("an object that is sent again is as welcome as it was the first time")
  func sentTwice() async throws {
    let coordinator = coordinator()
    let node = try #require(await coordinator.nodes.first)
    let owner = key.publicPEM
    try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
    let asked = try #require(try await coordinator.next(for: node, key: owner))
    let reply = try DeflatedMessage(
      FleetMessage(
        try asked.heading.answer(to: asked.id, at: Date()), .records(Self.arrays([3]))))
    _ = try await coordinator.announce(
      reply.announcement, reply.tree.proto, by: node, key: owner)
    for id in reply.tree.objects {
      let bytes = try #require(try reply.content(of: id))
      for _ in 0..<2 {
        #expect(try await coordinator.put(bytes, as: id, by: node, key: owner))
      }
    }
    let answers = try await coordinator.answers(within: .seconds(600))
    #expect(try answers[node]?["arrays"]?.array("w")?.floats() == [3])
  }

  @Test("what one node sent is asked of the next one too, so nobody learns what is here")
  func sharedObjects() async throws {
    let other = NodeKey()
    let coordinator = coordinator(other)
    for node in await coordinator.nodes {
      let owner = try #require(await coordinator.key(of: node))
      try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
      let asked = try #require(try await coordinator.next(for: node, key: owner))
      let reply = try DeflatedMessage(
        FleetMessage(
          try asked.heading.answer(to: asked.id, at: Date()), .records(Self.arrays([3]))))
      let wanted = try await coordinator.announce(
        reply.announcement, reply.tree.proto, by: node, key: owner)
      #expect(wanted == reply.tree.objects)
      for id in wanted {
        let bytes = try #require(try reply.content(of: id))
        #expect(try await coordinator.put(bytes, as: id, by: node, key: owner))
      }
    }
    #expect(try await coordinator.answers(within: .seconds(600)).count == 2)
  }

  @Test("objects of one node are not given to another", arguments: Way.allCases)
  func foreignObjects(way: Way) async throws {
    let other = NodeKey()
    let coordinator = coordinator(other)
    try await way.reach(coordinator, as: [key, other]) { ways in
      let nodes = [
        try await ways[0].activate(resuming: nil), try await ways[1].activate(resuming: nil),
      ]
      try await coordinator.ask(nodes[0], to: "train", with: Self.arrays([1]))
      let instruction = try #require(try await ways[0].pull(as: nodes[0]))
      await #expect(throws: FleetError.missing(instruction.message)) {
        try await ways[1].fetch(instruction.message, of: instruction.run, as: nodes[1])
      }
      #expect(try await ways[1].pull(as: nodes[1]) == nil)
    }
  }

  @Test("an answer much larger than its question is stopped on the way", arguments: Way.allCases)
  func flood(way: Way) async throws {
    let coordinator = coordinator()
    try await way.reach(coordinator, as: [key]) { ways in
      let node = try await ways[0].activate(resuming: nil)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1]))
      let (instruction, message) = try #require(try await Self.take(ways[0], as: node))
      let flood = (0..<1 << 19).map { Float($0) }
      let reply = try Self.answer(instruction, message, .records(Self.arrays(flood)))
      await #expect(throws: FleetError.self) { try await ways[0].push(reply, as: node) }
      #expect(try await coordinator.answers(within: .seconds(600)).isEmpty)
      guard case .tooMuch? = await coordinator.unusable[node] else {
        Issue.record("it was taken")
        return
      }
    }
  }

  @Test(
    "a disk that takes nothing is waited for, and the instruction with it", arguments: Way.allCases)
  func fullDisk(way: Way) async throws {
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let node = try #require(await coordinator.nodes.first)
      try await coordinator.ask(node, to: "train", with: Self.arrays([1, 2]))
      // A file where objects belong: nothing can be written there.
      let objects = place.appending(path: "node/objects")
      try FileManager.default.removeItem(at: objects)
      try Data().write(to: objects)
      try await way.reach(coordinator, as: [folder.key]) { ways in
        let (waits, waited) = AsyncStream.makeStream(of: FleetError.self)
        let running = Task {
          try await FederationNode(ways[0], folder: folder, pause: .milliseconds(5)) { event in
            if case .waiting(let error) = event { waited.yield(error) }
          }.run { try addingStep(1, to: $0) }
        }
        for await error in waits {
          guard case .notKept = error else { continue }
          break
        }
        try FileManager.default.removeItem(at: objects)
        try FileManager.default.createDirectory(at: objects, withIntermediateDirectories: true)
        let answers = try await coordinator.answers(within: .seconds(600))
        running.cancel()
        _ = await running.result
        #expect(try answers[node]?["arrays"]?.array("w")?.floats() == [2, 3])
      }
    }
  }

  @Test("a coordinator that is away for a while is waited for")
  func away() async throws {
    let port = Int(freePort())
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      let node = try #require(await coordinator.nodes.first)
      let way = FlowerTransport(
        try CoordinatorAddress(try #require(URL(string: "http://127.0.0.1:\(port)"))),
        key: folder.key)
      let (events, told) = AsyncStream.makeStream(of: FederationNode.Event.self)
      let running = Task {
        try await FederationNode(way, folder: folder, pause: .milliseconds(5)) {
          told.yield($0)
        }.run { try addingStep(1, to: $0) }
      }
      // It is not there yet, then it is, then it is gone and comes back.
      for await event in events { if case .waiting(.unreachable) = event { break } }
      try await serving(FleetServer(coordinator, port: port)) { _ in
        for await event in events { if case .online = event { break } }
      }
      for await event in events { if case .waiting(.unreachable) = event { break } }
      let answers = try await serving(FleetServer(coordinator, port: port)) { _ in
        try await coordinator.ask(node, to: "train", with: Self.arrays([1, 2]))
        return try await coordinator.answers(within: .seconds(600))
      }
      running.cancel()
      _ = await running.result
      await way.close()
      #expect(try answers[node]?["arrays"]?.array("w")?.floats() == [2, 3])
    }
  }

  @Test("a node that is killed before or after any call loses nothing", arguments: Way.allCases)
  func killed(way: Way) async throws {
    // Coming online, the instruction, its five objects, the confirmation, the answer.
    for call in 0...8 {
      for isAnswered in [false, true] {
        try await withFolder { place in
          let folder = try NodeFolder(place.appending(path: "node"))
          let passed = Mutex<TimeInterval>(0)
          let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM])) {
            Date().addingTimeInterval(passed.withLock { $0 })
          }
          let node = try #require(await coordinator.nodes.first)
          try await coordinator.ask(node, to: "train", with: Self.arrays([1, 2]))
          try await way.reach(coordinator, as: [folder.key]) { ways in
            let dying = DyingTransport(ways[0], at: call, isAnswered: isAnswered)
            await #expect(throws: FleetError.cancelled, "\(call)") {
              try await FederationNode(dying, folder: folder, pause: .milliseconds(5)) { _ in }
                .run { try addingStep(1, to: $0) }
            }
            // A dead node is taken for online for a minute.
            passed.withLock { $0 = 61 }
            let again = Task {
              try await FederationNode(ways[0], folder: folder, pause: .milliseconds(5)) { _ in }
                .run { try addingStep(1, to: $0) }
            }
            let answers = try await coordinator.answers(within: .seconds(600))
            again.cancel()
            _ = await again.result
            #expect(
              try answers[node]?["arrays"]?.array("w")?.floats() == [2, 3],
              "killed at \(call), after its answer: \(isAnswered)")
          }
        }
      }
    }
  }

  @Test(
    "a node that is stopped at its work begins it again, and the result is the same",
    arguments: Way.allCases)
  func stopped(way: Way) async throws {
    try await withFolder { place in
      let folder = try NodeFolder(place.appending(path: "node"))
      let coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
      try await way.reach(coordinator, as: [folder.key]) { ways in
        let node = FederationNode(ways[0], folder: folder, pause: .milliseconds(5)) { _ in }
        let (working, isWorking) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
          try await node.run { _ in
            isWorking.yield()
            try await Task.sleep(for: .seconds(3600))
            return .refusal(.notAllowed)
          }
        }
        while await coordinator.online.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try await coordinator.ask(
          try #require(await coordinator.online.first), to: "train", with: Self.arrays([1, 2]))
        for await _ in working { break }
        first.cancel()
        _ = await first.result
        #expect(folder.instruction() != nil)

        let (ends, hasEnded) = AsyncStream.makeStream(of: Void.self)
        let again = FederationNode(ways[0], folder: folder, pause: .milliseconds(5)) { event in
          if case .answered = event { hasEnded.yield() }
        }
        let second = Task { try await again.run { try addingStep(1, to: $0) } }
        for await _ in ends { break }
        let answers = try await coordinator.answers(within: .seconds(600))
        second.cancel()
        _ = await second.result
        #expect(try answers.values.first?["arrays"]?.array("w")?.floats() == [2, 3])
        #expect(folder.instruction() == nil)
      }
    }
  }

  @Test("three rounds of two nodes give the mean that can be worked out", arguments: Way.allCases)
  func rounds(way: Way) async throws {
    let other = NodeKey()
    let coordinator = coordinator(other)
    let keys = [key, other]
    try await withFolder { folder in
      try await way.reach(coordinator, as: keys) { ways in
        try await withThrowingTaskGroup(of: [Float].self) { group in
          for (index, way) in ways.enumerated() {
            let node = FederationNode(
              way, folder: try NodeFolder(folder.appending(path: "\(index)")),
              pause: .milliseconds(5)
            ) { _ in }
            group.addTask {
              try await node.run { try addingStep(Float(2 * index + 1), to: $0) }
              return []
            }
          }
          group.addTask { try await lead(coordinator, rounds: 3, nodes: 2) }
          defer { group.cancelAll() }
          // Ten examples move by 1, thirty by 3: 2.5 a round.
          #expect(try await group.next() == [7.5, 8.5])
        }
      }
    }
  }
}

import Foundation
import TestSupport
import Testing

/// Nothing a peer sends, or does not send, leaves a half object, hurts another or stops the
/// receiver.
@Suite struct HostileTests {
  /// An object of 40,000 bytes of which nothing but the beginning is sent.
  private static let half =
    Peer.storeRequest("1.2.3")
    + Peer.data([UInt8](repeating: 7, count: 40_000), isWhole: false)

  @Test("a peer that leaves amidst an object leaves nothing of it, and what came before stays")
  func leavesAmidst() async throws {
    let receiver = try await Receiver()
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      #expect(try peer.store("1.2.1", [1, 1]) == 0)
      try peer.send(Self.half)
    }
    let event = try await receiver.event("aborted")
    #expect(event.stored == 1)
    #expect(event.reason.contains("closed the connection. It was amidst an object"))
    #expect(try receiver.arrived().count == 1)
    #expect(try receiver.receiving().isEmpty)
    await receiver.stop()
  }

  @Test("a peer that falls silent amidst an object is dropped, and others are served meanwhile")
  func fallsSilent() async throws {
    // Long enough for the other one on a busy machine.
    let receiver = try await Receiver("--stall", "5")
    try await Peer.talk(to: receiver.port) { [port = receiver.port] silent in
      try silent.associate()
      try silent.send(Self.half)
      let other = try Peer(port)
      try other.associate()
      #expect(try other.store("1.2.4", [1, 1]) == 0)
      try other.release()
      silent.waitForEnd()
    }
    let event = try await receiver.event("stalled")
    #expect(event.reason.contains("silent amidst an object"))
    #expect(try receiver.arrived().count == 1)
    #expect(try receiver.receiving().isEmpty)
    await receiver.stop()
  }

  @Test("a peer that sends a byte now and then is dropped like one that is silent")
  func trickles() async throws {
    let receiver = try await Receiver("--stall", "2")
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      try peer.send(Self.half)
      for byte in Peer.data([UInt8](repeating: 7, count: 200)) {
        guard (try? peer.send([byte])) != nil else { return }
        usleep(50_000)
      }
      Issue.record("it was listened to for ten seconds")
    }
    #expect(try await receiver.event("stalled").reason.contains("silent amidst an object"))
    await receiver.stop()
  }

  @Test("a peer that sends whole fragments of hardly anything is dropped like one that is silent")
  func crumbles() async throws {
    let receiver = try await Receiver("--stall", "2")
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      try peer.send(Self.half)
      for _ in 0..<200 {
        guard (try? peer.send(Peer.data([7, 7], isWhole: false))) != nil else { return }
        usleep(50_000)
      }
      Issue.record("it was listened to for ten seconds")
    }
    #expect(try await receiver.event("stalled").reason.contains("silent amidst an object"))
    await receiver.stop()
  }

  @Test("a peer on a slow line may take longer for its object than it may be silent")
  func slowLine() async throws {
    let receiver = try await Receiver("--stall", "5")
    let status = try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      try peer.send(Peer.storeRequest("1.2.3"))
      for number in 1...14 {
        usleep(500_000)
        try peer.send(Peer.data([UInt8](repeating: 7, count: 4_096), isWhole: number == 14))
      }
      return try peer.status()
    }
    #expect(status == 0)
    #expect(try receiver.arrived().count == 1)
    await receiver.stop()
  }

  @Test("a peer that connects and leaves, as checks of networks do, is nothing to tell of")
  func leavesAtOnce() async throws {
    let receiver = try await Receiver()
    try await Peer.talk(to: receiver.port) { _ in }
    try await expectServing(receiver)
    #expect(try receiver.events().allSatisfy { $0.kind == "association" })
    await receiver.stop()
  }

  @Test("a peer that connects and asks for nothing is dropped")
  func asksNothing() async throws {
    let receiver = try await Receiver("--stall", "1")
    try await Peer.talk(to: receiver.port) { $0.waitForEnd() }
    #expect(try await receiver.event("refused").reason == "The caller asked for nothing in time.")
    await receiver.stop()
  }

  /// What follows an association that was agreed on, and breaks the rules.
  private static let broken: [(String, [UInt8])] = [
    ("a unit of 4 GiB", [4, 0, 0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0, count: 50_000)),
    ("a value of 4 GiB", Peer.unit(4, [0xff, 0xff, 0xff, 0xff, 1, 3] + [0, 0, 0, 0])),
    ("a value of no bytes", Peer.unit(4, [0, 0, 0, 0, 1, 3])),
    ("a value longer than its unit", Peer.unit(4, Peer.big(4_000) + [1, 3] + [0, 0])),
    ("an unknown unit", Peer.unit(99, [1, 2, 3, 4])),
    ("a context nobody agreed on", Peer.unit(4, Peer.big(4) + [77, 3, 0, 0])),
    ("a command of 4 GiB", Peer.value([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], control: 3)),
    ("a command that is none", Peer.value([UInt8](repeating: 0xff, count: 600), control: 3)),
    ("a command to store nothing", Peer.storeRequest("1.2.3", hasDataSet: false)),
    ("an object without a command", Peer.data([1, 2, 3, 4])),
    (
      "a fragment of an odd length",
      Peer.storeRequest("1.2.3") + Peer.value([1, 2, 3], control: 2)
    ),
    ("a command amidst an object", half + Peer.storeRequest("1.2.4")),
    (
      "an association amidst an object",
      half + Peer.request(calling: "MODALITY", called: "SECONDLOOK", [Peer.Context()])
    ),
    ("the acceptance of nothing", Peer.unit(2, [UInt8](repeating: 0, count: 80))),
  ]

  @Test("what is no DICOM ends the association, and the receiver goes on", arguments: broken)
  func breaksRules(name: String, bytes: [UInt8]) async throws {
    let receiver = try await Receiver("--stall", "2")
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      try? peer.send(bytes)
      peer.waitForEnd()
    }
    let ends = ["aborted", "stalled"]
    #expect(try await receiver.anyEvent().map(\.kind).allSatisfy(ends.contains))
    #expect(try receiver.arrived().isEmpty && receiver.receiving().isEmpty)
    try await expectServing(receiver)
    await receiver.stop()
  }

  @Test(
    "a request for an association that is none is refused, and the receiver goes on",
    arguments: [
      [1, 0, 0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0, count: 100_000),
      Peer.unit(1, [0, 1]),
      Peer.unit(1, [UInt8](repeating: 0xff, count: 5_000)),
      Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
      [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3] + [UInt8](repeating: 9, count: 500),
    ] as [[UInt8]])
  func asksNonsense(bytes: [UInt8]) async throws {
    let receiver = try await Receiver("--stall", "2")
    try await Peer.talk(to: receiver.port) { peer in
      try? peer.send(bytes)
      peer.waitForEnd()
    }
    #expect(try await receiver.anyEvent().map(\.kind) == ["refused"])
    try await expectServing(receiver)
    await receiver.stop()
  }

  @Test("a command for which the memory does not suffice ends the association, and is told as that")
  func wantsMemory() async throws {
    let receiver = try await Receiver()
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      #expect(try peer.store("1.2.1", [1, 1]) == 0)
      // Empty elements, each with a tag of its own: 8 bytes here, many more in memory.
      for number in UInt16(1)...2_000 {
        var elements: [UInt8] = []
        for element in UInt16(0)..<16_000 {
          elements += [UInt8(number & 0xff), UInt8(number >> 8)]
          elements += [UInt8(element & 0xff), UInt8(element >> 8), 0, 0, 0, 0]
        }
        guard (try? peer.send(Peer.value(elements, control: 1))) != nil else { return }
      }
      Issue.record("256 MB of one command were listened to")
    }
    let event = try await receiver.event("aborted")
    #expect(event.reason.contains("for want of memory. What was acknowledged is kept."))
    #expect(try receiver.arrived().count == 1 && receiver.receiving().isEmpty)
    try await expectServing(receiver)
    await receiver.stop()
  }

  @Test("mutated conversations leave whole objects or none, and the receiver goes on")
  func mutated() async throws {
    let receiver = try await Receiver("--stall", "1")
    // Objects may hold anything: what matters is what is around them.
    let around =
      Peer.request(calling: "MODALITY", called: "SECONDLOOK", [Peer.Context()])
      + Peer.storeRequest("1.2.3")
    let dataSet = [UInt8](repeating: 7, count: 20_000)
    var random = Seeded(4)
    for _ in 0..<300 {
      var bytes = around
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      try await Peer.talk(to: receiver.port) { [bytes] in
        try? $0.send(bytes + Peer.data(dataSet))
      }
    }
    try await expectServing(receiver)
    #expect(!receiver.process.output.contains("ended by signal"))
    for file in try receiver.arrived() {
      #expect(try Data(contentsOf: file).suffix(20_000) == Data(repeating: 7, count: 20_000))
    }
    await receiver.stop()
  }

  @Test(
    "an object whose name is no UID is answered so, and nothing is stored",
    arguments: ["", "../../etc/passwd", "1..2", String(repeating: "1", count: 66), "1.2 \u{1b}"])
  func noUID(name: String) async throws {
    let receiver = try await Receiver()
    let status = try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      return try? peer.store(name, [1, 1])
    }
    #expect(status == 0x0117 || status == nil)
    #expect(try receiver.arrived().isEmpty)
    try await expectServing(receiver)
    await receiver.stop()
  }

  /// Somebody else can still store, at the latest when those before have been dropped.
  private func expectServing(_ receiver: Receiver) async throws {
    for _ in 0..<100 {
      let status = try? await Peer.talk(to: receiver.port) { peer in
        guard try peer.associate() == .accepted([0]) else { throw Peer.Closed() }
        defer { try? peer.release() }
        return try peer.store("1.2.99", [UInt8](repeating: 7, count: 20_000))
      }
      if status == 0 { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("nobody can store any more: \(receiver.process.output)")
  }
}

extension Receiver {
  /// Waits until there is an event, and answers all.
  fileprivate func anyEvent() async throws -> [Event] {
    for _ in 0..<2_000 {
      let events = try events()
      if !events.isEmpty { return events }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Launched.Silence(output: process.output)
  }
}

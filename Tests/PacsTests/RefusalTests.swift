import Foundation
import TestSupport
import Testing

/// Who may not call or wants what cannot be given hears the reason, and so does the hospital.
@Suite struct RefusalTests {
  @Test(
    "a stranger is refused with the reason",
    arguments: [("STRANGER", "SECONDLOOK", UInt8(3)), ("MODALITY", "SOMEBODY", 7), ("", "", 3)])
  func stranger(calling: String, called: String, reason: UInt8) async throws {
    let receiver = try await Receiver()
    let answer = try await Peer.talk(to: receiver.port) {
      try $0.associate(calling: calling, called: called)
    }
    #expect(answer == .rejected(1, 1, reason))
    let event = try await receiver.event("refused")
    #expect(event.calling == calling && event.called == called)
    #expect(event.reason.contains(reason == 3 ? "not on the list" : "meant somebody else"))
    await receiver.stop()
  }

  @Test("a title that would steer a terminal is told without its escapes")
  func escapes() async throws {
    let receiver = try await Receiver()
    _ = try await Peer.talk(to: receiver.port) { try $0.associate(calling: "\u{1b}[2J\"\\evil") }
    #expect(try await receiver.event("refused").calling == "?[2J\"\\evil")
    #expect(!receiver.process.output.contains("\u{1b}"))
    await receiver.stop()
  }

  @Test("without a list of callers it does not start")
  func emptyList() async throws {
    let spool = try Receiver.newFolder()
    let outcome = try await secondlookDICOM(
      "receive", "--spool", spool.path, "--port", "0", "--ae", "SECONDLOOK", "--accept", " , ")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("Nobody may send: name with --accept"))
  }

  @Test("what cannot be decoded is refused by kind or encoding, and named")
  func contexts() async throws {
    let receiver = try await Receiver()
    let answer = try await Peer.talk(to: receiver.port) { peer in
      try peer.associate([
        Peer.Context(encodings: [UIDs.mpeg2, UIDs.highThroughput]),
        Peer.Context(sopClass: "1.2.840.10008.5.1.4.1.2.2.1"),
        Peer.Context(sopClass: "9.9.9"),
      ])
    }
    #expect(answer == .accepted([4, 3, 3]))
    let reason = try await receiver.event("no-context").reason
    for text in ["9.9.9", "DigitalXRayImageStorageForPresentation", "MPEG2", "nothing else"] {
      #expect(reason.contains(text), "\(reason)")
    }
    await receiver.stop()
  }

  @Test("one caller too many is told to come back, and may when there is room")
  func tooMany() async throws {
    let receiver = try await Receiver("--most-associations", "2")
    let answer = try await Peer.talk(to: receiver.port) { [port = receiver.port] first in
      let second = try Peer(port), third = try Peer(port)
      try first.associate()
      try second.associate()
      let answer = try third.associate()
      try first.release()
      try second.release()
      return answer
    }
    #expect(answer == .rejected(2, 3, 2))
    #expect(try await receiver.event("refused").reason.contains("Already 2 associations"))
    #expect(
      try await secondlookDICOM(
        "echo", "127.0.0.1", "\(receiver.port)", "--calling", "MODALITY", "--called", "SECONDLOOK"
      ).status == 0)
    await receiver.stop()
  }
}

import Foundation
import TestSupport
import Testing

/// The disk has limits, and a peer hears of them before anything is lost.
@Suite struct SpoolTests {
  private static let outOfResources: UInt16 = 0xa700

  @Test("an object that is too large is answered so, and the next one is stored")
  func tooLarge() async throws {
    let receiver = try await Receiver("--largest", "50000")
    let statuses = try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      defer { try? peer.release() }
      return try [200_000, 50_000, 50_002].map {
        try peer.store("1.2.3", [UInt8](repeating: 7, count: $0))
      }
    }
    #expect(statuses == [Self.outOfResources, 0, Self.outOfResources])
    #expect(try receiver.arrived().count == 1 && receiver.receiving().isEmpty)
    #expect(try await receiver.event("failed").reason.contains("larger than the"))
    let end = try await receiver.event("association")
    #expect(end.stored == 1 && end.failed == 2)
    await receiver.stop()
  }

  @Test("with less room than has to stay free, nothing is taken")
  func keepFree() async throws {
    let receiver = try await Receiver("--keep-free", "\(1 << 50)")
    let status = try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      return try peer.store("1.2.3", [1, 1])
    }
    #expect(status == Self.outOfResources)
    #expect(try await receiver.event("failed").reason.contains("the disk is nearly full"))
    // The answer goes out before what came is thrown away.
    let end = ContinuousClock.now + .seconds(60)
    while try !receiver.receiving().isEmpty, .now < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try receiver.arrived().isEmpty && receiver.receiving().isEmpty)
    await receiver.stop()
  }

  @Test("a disk that fills is answered so, and with room again the same peer can store")
  func fullDisk() async throws {
    let folder = try Receiver.newFolder()
    let spool = folder.appending(path: "spool")
    try FileManager.default.createDirectory(at: spool, withIntermediateDirectories: true)
    // A disk of 4 MiB that only the receiver sees; where nothing may be mounted, there is no test.
    let script = """
      for way in -m -rm; do
        unshare $way mount -t tmpfs none "$1" 2>&- && exec unshare $way sh -c '
          mount -t tmpfs -o size=4m none "$1" && exec "$0" receive --spool "$1" --port 0 \\
            --ae SECONDLOOK --accept MODALITY --keep-free 0' "$0" "$1"
      done
      echo nothing may be mounted: port 0
      """
    let process = try Tool(
      executable: URL(filePath: "/bin/sh"),
      arguments: ["-c", script, Receiver.executable.path, spool.path]
    ).launch(writingTo: folder.appending(path: "log"))
    let port = try #require(UInt16(try await process.says(#/port (\d+)/#).1))
    if port > 0 {
      let statuses = try await Peer.talk(to: port) { peer in
        try peer.associate()
        return try [3_000_000, 3_000_000, 100_000, 3_000_000].map {
          try peer.store("1.2.3", [UInt8](repeating: 7, count: $0))
        }
      }
      #expect(statuses == [0, Self.outOfResources, 0, Self.outOfResources])
      _ = try await process.says(#/No space left on device; answered with status A700/#)
    }
    process.signal(SIGTERM)
    #expect(await process.end() == 0)
    try FileManager.default.removeItem(at: folder)
  }

  @Test("a second receiver leaves a spool that is in use alone")
  func inUse() async throws {
    let receiver = try await Receiver()
    let outcome = try await secondlookDICOM(
      "receive", "--spool", receiver.folder.appending(path: "spool").path, "--port", "0",
      "--ae", "SECONDLOOK", "--accept", "MODALITY")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("Another receiver uses the spool"))
    await receiver.stop()
  }

  @Test("a port that is taken is said to be")
  func takenPort() async throws {
    let receiver = try await Receiver()
    let outcome = try await secondlookDICOM(
      "receive", "--spool", receiver.folder.appending(path: "other").path, "--port",
      "\(receiver.port)", "--ae", "SECONDLOOK", "--accept", "MODALITY")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("cannot be opened: Address already in use."))
    await receiver.stop()
  }

  @Test("a thousand events wait, and the others are counted")
  func thousandEvents() async throws {
    let receiver = try await Receiver()
    let events = receiver.folder.appending(path: "spool/events")
    for number in 0..<1_000 {
      try Data("{}".utf8).write(to: events.appending(path: "\(number).json"))
    }
    for _ in 0..<3 {
      _ = try await Peer.talk(to: receiver.port) { try $0.associate(calling: "STRANGER") }
    }
    let dropped = events.appending(path: "dropped")
    for _ in 0..<2_000 {
      if (try? Data(contentsOf: dropped).count) == 3 { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try Data(contentsOf: dropped).count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: events.path).count == 1_001)
    await receiver.stop()
  }
}

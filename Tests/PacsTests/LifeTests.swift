import Foundation
import TestSupport
import Testing

/// However the receiver ends, what it acknowledged is there.
@Suite struct LifeTests {
  @Test("asked to stop, it lets an object arrive that is on its way, and ends")
  func stops() async throws {
    let receiver = try await Receiver()
    let process = receiver.process
    let dataSet = [UInt8](repeating: 7, count: 40_000)
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      try peer.send(Peer.storeRequest("1.2.3") + Peer.data(dataSet, isWhole: false))
      usleep(100_000)
      process.signal(SIGTERM)
      usleep(100_000)
      try peer.send(Peer.data(dataSet))
      #expect(try peer.status() == 0)
      peer.waitForEnd()
    }
    #expect(await process.end() == 0)
    #expect(try receiver.arrived().count == 1)
    #expect(try receiver.event(named: "association")?.stored == 1)
    await receiver.stop()
  }

  @Test(
    "attached to an input that has ended, is closed or cannot be read, it ends as well",
    arguments: ["</dev/null", "<&-", "</"])
  func detached(input: String) async throws {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let words = [
      "receive", "--spool", folder.appending(path: "spool").path, "--port", "0",
      "--ae", "SECONDLOOK", "--accept", "MODALITY", "--attached",
    ]
    let outcome = try await Tool(
      executable: URL(filePath: "/bin/sh"),
      arguments: ["-c", "exec \"$0\" \"$@\" \(input)", Receiver.executable.path] + words
    ).outcome()
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("The receiver has stopped."))
  }

  @Test("a new one takes over the spool from one that still lets an object arrive")
  func takesOver() async throws {
    let first = try await Receiver()
    let peer = try await Peer.talk(to: first.port) { peer in
      try peer.associate()
      try peer.send(Peer.storeRequest("1.2.3") + Peer.data([1, 2, 3, 4], isWhole: false))
      usleep(100_000)
      first.process.signal(SIGTERM)
      return peer
    }
    let second = try await Receiver(port: first.port, in: first.folder)
    #expect(await first.process.end() == 0)
    #expect(try second.receiving().isEmpty)
    withExtendedLifetime(peer) {}
    await second.stop()
  }

  @Test("a new one listens at once on the port of one that was killed, and removes its halves")
  func restarts() async throws {
    let first = try await Receiver()
    try await Peer.talk(to: first.port) { peer in
      try peer.associate()
      #expect(try peer.store("1.2.1", [1, 1]) == 0)
      try peer.send(Peer.storeRequest("1.2.3") + Peer.data([1, 2, 3, 4], isWhole: false))
      usleep(100_000)
      // Not the whole group: those who listen to callers have to end with the first.
      first.process.signal(SIGKILL)
      peer.waitForEnd()
    }
    _ = await first.process.end()
    let second = try await Receiver(port: first.port, in: first.folder)
    #expect(second.port == first.port)
    #expect(try second.receiving().isEmpty)
    #expect(try second.arrived().count == 1)
    await second.stop()
  }

  @Test("killed a hundred times at random, it has lost nothing that it acknowledged")
  func killed() async throws {
    var random = Seeded(7)
    var acknowledged: Set<String> = []
    var receiver = try await Receiver()
    for round in 0..<100 {
      let process = receiver.process
      let patience = UInt32.random(in: 500...25_000, using: &random)
      let sizes = (0..<20).map { _ in 2 * Int.random(in: 1...40_000, using: &random) }
      acknowledged.formUnion(
        try await Peer.talk(to: receiver.port) { peer in
          var stored: Set<String> = []
          guard (try? peer.associate()) != nil else { return stored }
          let killer = Thread {
            usleep(patience)
            process.signal(SIGKILL, toGroup: true)
          }
          killer.start()
          for (number, size) in sizes.enumerated() {
            let name = "2.7.\(round).\(number).\(size)"
            let status = try? peer.store(name, [UInt8](repeating: 7, count: size))
            guard status == 0 else { break }
            stored.insert(name)
          }
          return stored
        })
      await receiver.kill()
      receiver = try await Receiver(port: receiver.port, in: receiver.folder)
    }
    let present = Set(try receiver.arrived().map(nameIfWhole))
    // How many there are depends on the machine; without any the test would say nothing.
    #expect(acknowledged.count > 10)
    #expect(acknowledged.isSubset(of: present))
    #expect(try receiver.receiving().isEmpty)
    await receiver.stop()
  }

  /// The UID an object carries in front, which ends in the size it has to have.
  private func nameIfWhole(_ file: URL) throws -> String {
    let bytes = [UInt8](try Data(contentsOf: file))
    let meta = String(decoding: bytes.prefix(500), as: UTF8.self)
    let name = try #require(meta.firstMatch(of: #/2\.7\.\d+\.\d+\.(\d+)/#))
    let size = try #require(Int(name.1))
    #expect(Array(bytes.suffix(size)) == [UInt8](repeating: 7, count: size))
    return String(name.0)
  }
}

extension Receiver {
  fileprivate func event(named kind: String) throws -> Event? {
    try events().first { $0.kind == kind }
  }
}

import Foundation
import Glibc
import Radiology
import Store
import TestSupport
import Testing

/// However the agent ends, what its receiver acknowledged is in the store afterwards.
@Suite struct AgentLifeTests {
  @Test("killed a hundred times at random, it has every acknowledged object once, byte for byte")
  func killed() async throws {
    let site = try AgentSite(complete: 3_600)
    defer { site.program.clean() }
    var random = Seeded(11)
    var acknowledged: [GeneratedObject] = []
    for round in 0..<100 {
      let agent = try site.launch()
      let objects = try (0..<12).map { try GeneratedObject($0, of: "2.25.11.\(round + 1)") }
      // Some are killed before anybody could call them.
      let isEarly = round % 10 == 9
      let patience = UInt32.random(in: 500...(isEarly ? 400_000 : 60_000), using: &random)
      let isAlone = Bool.random(using: &random)
      let kill: @Sendable () -> Void = {
        usleep(patience)
        // Alone, its receiver has to notice by itself; else all goes at once, as in a power failure.
        let others = isAlone ? [] : agent.children
        agent.signal(SIGKILL)
        for other in others { Glibc.kill(-other, SIGKILL) }
      }
      if isEarly {
        kill()
      } else {
        acknowledged += await Self.send(objects, to: site.port, untilKilledBy: kill)
      }
      let status = await agent.end()
      try #require(status == 128 + SIGKILL, "round \(round), status \(status): \(agent.output)")
    }
    let last = try await site.program.run("agent", "--once")
    #expect(last.status == 0, "\(last)")

    let store = try Store(home: site.program.home)
    for object in acknowledged {
      let kept = try #require(try store.instance(object.uid), "\(object.uid) is lost")
      let bytes = GeneratedObject.dataSet(of: try store.object(kept.digest))
      #expect(bytes == GeneratedObject.dataSet(of: object.file), "\(object.uid) is another")
    }
    let all = try store.worklist().flatMap { try store.instances(of: $0.id).map(\.uid) }
    #expect(Set(all).count == all.count)
    #expect(try store.worklist().allSatisfy { $0.readable == $0.instances })
    let spool = site.program.home.appending(path: "spool/dicom.receiver")
    for folder in ["arrived", "refused"] {
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: spool.appending(path: folder).path)
      #expect(names?.isEmpty ?? true, "\(folder)")
    }
    #expect(try store.verifyAudit() > 0)
    // How many there are depends on the machine; without many the test would say little.
    #expect(acknowledged.count > 50)
  }

  /// Sends objects until the agent is gone, which it is soon.
  ///
  /// - Returns: those that were acknowledged.
  private static func send(
    _ objects: [GeneratedObject], to port: UInt16,
    untilKilledBy kill: @escaping @Sendable () -> Void
  ) async -> [GeneratedObject] {
    for _ in 0..<6_000 {
      let stored = try? await Peer.talk(to: port) { peer in
        var stored: [GeneratedObject] = []
        guard try peer.associate() == .accepted([0]) else { throw Peer.Closed() }
        Thread.detachNewThread(kill)
        for object in objects {
          let status = try? peer.store(object.uid, GeneratedObject.dataSet(of: object.file))
          guard status == 0 else { break }
          stored.append(object)
        }
        peer.waitForEnd()
        return stored
      }
      if let stored { return stored }
      try? await Task.sleep(for: .milliseconds(5))
    }
    kill()
    Issue.record("nobody could be called for half a minute")
    return []
  }
}

extension Launched {
  /// The processes it has started, each of which leads a group of its own.
  fileprivate var children: [pid_t] {
    let tasks = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.flatMap { thread in
      let list = try? String(contentsOfFile: "\(tasks)/\(thread)/children", encoding: .utf8)
      return (list ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }
}

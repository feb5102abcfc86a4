import Foundation
import Testing

@testable import Agent

@Suite struct AgentLockTests {
  let home: URL

  init() throws {
    home = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-lock-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
  }

  @Test("a second agent of one store is refused, and another may start when the first is gone")
  func one() throws {
    #expect(!AgentLock.isHeld(home: home))
    var first: AgentLock? = try AgentLock(home: home)
    #expect(AgentLock.isHeld(home: home))
    #expect(throws: AgentError.agentRuns(pid: Int(getpid()))) { try AgentLock(home: home) }
    withExtendedLifetime(first) {}
    first = nil
    #expect(!AgentLock.isHeld(home: home))
    _ = try AgentLock(home: home)
    try FileManager.default.removeItem(at: home)
  }

  @Test("a lock that outlives its agent for a moment is waited for")
  func outlived() throws {
    let path = home.appending(path: "agent.lock").path
    let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    // Larger than any process number of Linux: nobody's.
    #expect(write(descriptor, "4194305\n", 8) == 8)
    Thread.detachNewThread {
      usleep(50_000)
      close(descriptor)
    }
    #expect(throws: Never.self) { try AgentLock(home: home) }
    try FileManager.default.removeItem(at: home)
  }
}

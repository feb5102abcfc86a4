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
}

import Foundation
import Testing

@testable import Agent

@Test("a process in the idle class is there with all its threads")
func idlePolicy() throws {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sleep")
  process.arguments = ["600"]
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  defer { kill(process.processIdentifier, SIGKILL) }
  /// The 41st of what the kernel says of a process; the second may hold spaces.
  func policy() throws -> Substring? {
    try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
      .split(separator: ") ").last?.split(separator: " ").dropFirst(38).first
  }
  #expect(try policy() == "0")
  IdlePolicy.take(for: process.processIdentifier)
  #expect(try policy() == "5")
}

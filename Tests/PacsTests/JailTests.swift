import Foundation
import TestSupport
import Testing

/// What listens to strangers can do nothing else, whoever takes it over.
@Suite struct JailTests {
  private static let dimse = Program.executable.deletingLastPathComponent()
    .appending(path: "secondlook-dimse")
  /// How a shell tells of a process that made a forbidden system call.
  private static let killed: Int32 = 159
  private static let denied: Int32 = 50
  private static let ways = [
    ("open", denied), ("write", denied), ("socket", killed), ("exec", killed), ("fork", killed),
    ("kill", killed), ("trace", killed), ("code", killed),
  ]

  @Test("who receives reaches no file outside the spool, no network, no process", arguments: ways)
  func receiving(way: String, status: Int32) async throws {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let tool = Tool(executable: Self.dimse, arguments: ["escape-\(way)", folder.path])
    #expect(try await tool.outcome().status == status)
  }

  @Test(
    "who asks reaches no file, no process and no other port",
    arguments: ways + [("connect", denied)])
  func asking(way: String, status: Int32) async throws {
    let tool = Tool(executable: Self.dimse, arguments: ["escape-asking-\(way)"])
    #expect(try await tool.outcome().status == status)
  }
}

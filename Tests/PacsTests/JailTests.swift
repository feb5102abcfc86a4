import Foundation
import Glibc
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
    ("open", denied), ("write", denied), ("socket", killed), ("datagram", killed),
    ("owner", killed), ("exec", killed), ("fork", killed), ("kill", killed), ("trace", killed),
    ("code", killed),
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

  private static let python = URL(filePath: "/usr/bin/python3")

  /// Runs a program as on a kernel without Landlock: 444, landlock_create_ruleset on every
  /// architecture, is answered with ENOSYS.
  private static let withoutLandlock = """
    import ctypes, os, struct, sys
    load, equal, answer, missing, allowed = 0x20, 0x15, 0x06, 0x50026, 0x7fff0000
    steps = [(load, 0, 0, 0), (equal, 0, 1, 444), (answer, 0, 0, missing), (answer, 0, 0, allowed)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None).prctl
    assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, filter) == 0
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test(
    "a receiver on a kernel that cannot bind it to its spool says so to whoever watches over it",
    .enabled(if: FileManager.default.isExecutableFile(atPath: python.path)))
  func unprotected() async throws {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let spool = folder.appending(path: "spool")
    let receive = [
      "receive", "--spool", spool.path, "--port", "0", "--ae", "SECONDLOOK", "--accept", "MODALITY",
    ]
    let process = try Tool(
      executable: Self.python,
      arguments: ["-c", Self.withoutLandlock, Receiver.executable.path] + receive
    ).launch(writingTo: folder.appending(path: "log"))
    _ = try await process.says(#/port \d+/#)
    process.signal(SIGTERM)
    #expect(await process.end() == 0)
    let events = spool.appending(path: "events")
    let files = try FileManager.default.contentsOfDirectory(atPath: events.path)
    let event = try JSONDecoder().decode(
      Event.self, from: Data(contentsOf: events.appending(path: try #require(files.first))))
    #expect(files.count == 1 && event.kind == "unprotected" && event.called == "SECONDLOOK")
    #expect(event.reason.contains("files outside its spool"))
  }
}

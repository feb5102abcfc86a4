import Foundation
import TestSupport
import Testing

@testable import Imaging

/// What the decoder program may not do, tried from inside.
@Suite struct JailTests {
  /// A shell's status of a command line in which `$0` is the decoder; its output is a file.
  private func status(_ script: String) async throws -> Int32 {
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: output) }
    let shell = Tool(
      executable: URL(filePath: "/bin/sh"),
      arguments: ["-c", script + "; exit $?", try PixelDecoder().program.path])
    return try await shell.run(writingTo: output, within: .seconds(60))
  }

  /// Denied with an error.
  private static let denied: Int32 = 50
  /// Killed for a system call, as a shell tells it (SIGSYS).
  private static let killed: Int32 = 128 + SIGSYS

  @Test(
    "the jail denies files and kills whoever reaches for more",
    arguments: [
      ("open", denied), ("create", denied), ("unlink", killed), ("mkdir", killed),
      ("socket", killed), ("exec", killed), ("fork", killed), ("thread", killed),
      ("kill", killed), ("ptrace", killed), ("peek", killed), ("code", killed),
      ("loosen", killed), ("privilege", killed),
    ])
  func escapes(attempt: String, expected: Int32) async throws {
    #expect(try await status(#""$0" escape-\#(attempt) </dev/null 2>&1"#) == expected)
  }

  @Test(
    "memory, time and files have limits",
    arguments: [
      ("memory", denied), ("time", 128 + SIGKILL), ("write", 128 + SIGXFSZ),
    ])
  func limits(attempt: String, expected: Int32) async throws {
    #expect(try await status(#""$0" escape-\#(attempt) </dev/null"#) == expected)
  }

  @Test("no byte of a file is read where the jail cannot be closed")
  func failsClosed() async throws {
    // A filter of our own lets no other filter in: seccomp(2) and prctl(PR_SET_SECCOMP) fail.
    let outer = """
      import ctypes, os, struct, sys
      def step(code, k, yes=0, no=0): return struct.pack("HBBI", code, yes, no, k)
      LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
      fail, allow = step(RETURN, 0x00050001), step(RETURN, 0x7fff0000)
      steps = [step(LOAD, 0), step(EQUAL, 317, 3, 0), step(EQUAL, 157, 0, 3),
               step(LOAD, 16), step(EQUAL, 22, 0, 1), fail, allow]
      filter = ctypes.create_string_buffer(b"".join(steps))
      class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
      program = Program(len(steps), ctypes.addressof(filter))
      libc = ctypes.CDLL(None, use_errno=True)
      assert libc.prctl(38, 1, 0, 0, 0) == 0
      assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
      os.execv(sys.argv[1], [sys.argv[1], "decode"])
      """
    let place = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: place) }
    // Through a pipe, as the jail lets nobody write files.
    let script = #"{ /usr/bin/python3 -c "$1" "$0" </dev/null; printf ' %s' $?; } | cat"#
    let shell = Tool(
      executable: URL(filePath: "/bin/sh"),
      arguments: ["-c", script, try PixelDecoder().program.path, outer])
    #expect(try await shell.run(writingTo: place, within: .seconds(60)) == 0)
    let answer = try Data(contentsOf: place)
    #expect(answer.starts(with: "SLE1".utf8))
    let reason = String(decoding: answer.dropFirst(8), as: UTF8.self)
    #expect(reason == "the jail could not be closed 4")
  }
}

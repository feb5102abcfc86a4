import Foundation
import Testing

@Suite struct ReadingDayTests {
  static let image =
    (ProcessInfo.processInfo.environment["SECONDLOOK_CONFORMANCE"] ?? "../shared/conformance")
    + "/source_dx.dcm"
  static let isPossible = FileManager.default.fileExists(atPath: image)

  @Test(
    "a call on the command line is signed, delivered once, and the audit chain holds",
    .enabled(if: isPossible, "SECONDLOOK_CONFORMANCE is not there"))
  func headless() throws {
    let program = Program()
    defer { program.clean() }
    _ = try program.run("import", Self.image)
    #expect(try program.run("sign", "ACC0001", "--as", "Dr Osei").status != 0)
    #expect(
      try program.run(
        "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei"
      ).status == 0)
    #expect(try program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
    #expect(try program.run("agent", "--once").output.contains("deliver: 1 done"))
    #expect(try program.run("agent", "--once").output.contains("deliver: 0 done"))
    #expect(try program.run("audit", "--verify").status == 0)
  }
}

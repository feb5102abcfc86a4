import Foundation
import TestSupport
import Testing

@Suite struct ReadingDayTests {
  @Test(
    "a call on the command line is signed, delivered once, and the audit chain holds",
    .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
  func headless() async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status != 0)
    #expect(
      try await program.run(
        "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei"
      ).status == 0)
    #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
    #expect(try await program.run("agent", "--once").output.contains("deliver: 4 done"))
    #expect(try await program.run("agent", "--once").output.contains("deliver: 0 done"))
    #expect(try await program.run("audit", "--verify").status == 0)
  }
}

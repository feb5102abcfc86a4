import Foundation
import TestSupport
import Testing

/// What the screens show, as other programs read it.
@Suite(
  "Screens as JSON", .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct ScreensInShellTests {
  @Test(
    "each screen of the manual's list is printed as JSON",
    arguments: [
      ["worklist", "--json"], ["show", "ACC0001", "--json"], ["status", "--json"],
      ["sync", "--json"], ["log", "--json"], ["find", "müller", "--json"], ["retry", "--json"],
    ])
  func json(arguments: [String]) async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let outcome = try await program.run(Program.executable, arguments)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    }
  }

  @Test("each subcommand of the manual's list is one")
  func subcommands() async throws {
    let program = try Program()
    defer { program.clean() }
    let page = try String(contentsOf: ManualTests.page, encoding: .utf8)
    let list = try #require(page.components(separatedBy: ".SH SCREENS IN A SHELL\n").last)
      .components(separatedBy: "\n.SH ")[0]
    let commands = list.matches(of: /secondlook ((?:second-look )?[a-z-]+)/).map { String($0.1) }
    #expect(Set(commands).count > 10)
    for command in Set(commands) {
      let words = command.split(separator: " ").map(String.init) + ["--help"]
      let outcome = try await program.run(Program.executable, words)
      #expect(outcome.status == 0 && outcome.output.contains("USAGE: secondlook \(command)"))
    }
  }
}

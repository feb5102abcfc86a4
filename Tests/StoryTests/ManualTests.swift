import Foundation
import TestSupport
import Testing

/// The subcommands as the program itself describes them.
private struct Described: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }
    let names: [Name]?
  }

  let commandName: String
  let shouldDisplay: Bool?
  let discussion: String?
  let subcommands: [Described]?
  let arguments: [Argument]?

  /// Options with two hyphens, but for those every command has.
  var options: [String] {
    (arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map { "--" + $0.name }
      .filter { !["--help", "--version", "--home"].contains($0) }
  }

  /// Every command that does something, by its whole name.
  func leaves(below path: [String] = []) -> [(name: String, command: Described)] {
    let commands = (subcommands ?? []).filter {
      $0.commandName != "help" && $0.shouldDisplay != false
    }
    if commands.isEmpty { return [(path.joined(separator: " "), self)] }
    return commands.flatMap { $0.leaves(below: path + [$0.commandName]) }
  }

  static func program() async throws -> Described {
    struct Dump: Decodable { let command: Described }
    let program = try Program()
    defer { program.clean() }
    let output = try await program.run("--experimental-dump-help").output
    return try JSONDecoder().decode(Dump.self, from: Data(output.utf8)).command
  }
}

@Suite("The manual")
struct ManualTests {
  static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../man/secondlook.1").standardized

  @Test("every option of every subcommand is in the manual page, under that subcommand")
  func complete() async throws {
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    let commands = try await Described.program().leaves()
    #expect(commands.count > 15)
    for (name, command) in commands {
      let start = try #require(page.range(of: "\n.SS \(name)"), "\(name)")
      let text = page[start.upperBound...]
      let end = text.range(of: "\n.S")?.lowerBound ?? text.endIndex
      let words = text[..<end].split { $0.isWhitespace || "\",\\".contains($0) }.map(String.init)
      for option in command.options {
        #expect(words.contains(option), "\(name) \(option)")
      }
    }
  }

  @Test("paragraphs of the help are not broken by hand")
  func paragraphs() async throws {
    for (name, command) in try await Described.program().leaves() {
      for paragraph in (command.discussion ?? "").components(separatedBy: "\n\n") {
        let isList = paragraph.contains("   ")
        #expect(isList || !paragraph.contains("\n"), "\(name): \(paragraph)")
      }
    }
  }
}

import Foundation
import TestSupport
import Testing

/// A department's report templates, from the command line.
@Suite("The report templates") struct TemplatesTests {
  @Test("the shipped ones are listed and are without a mistake")
  func shipped() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("templates")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("Template") && outcome.output.contains("any"))
    let json = try await program.run("templates", "--json")
    #expect(json.status == 0 && json.output.contains(#""flaws" : ["#))
  }

  @Test("a file with a mistake is named with its line, here and before a signature")
  func flaw() async throws {
    let program = try Program()
    defer { program.clean() }
    let folder = program.home.appending(path: "templates", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("template: Broken\n[findings\n".utf8).write(to: folder.appending(path: "broken.txt"))
    let outcome = try await program.run("templates")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("broken.txt, line 2"), "\(outcome.output)")
    let json = try await program.run("templates", "--json")
    #expect(json.status == 1 && json.output.contains(#""line" : 2"#), "\(json.output)")
    guard SharedFiles.hasImage else { return }
    _ = try await program.run("import", SharedFiles.image.path)
    _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
    let signed = try await program.run("sign", "ACC0001", "--as", "Dr Osei")
    #expect(signed.output.contains("broken.txt, line 2"), "\(signed.output)")
  }
}

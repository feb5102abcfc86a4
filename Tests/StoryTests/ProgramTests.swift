import Foundation
import TestSupport
import Testing

@Suite struct ProgramTests {
  @Test("an empty store says how to begin")
  func empty() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("worklist")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("secondlook import"))
  }

  @Test("the program carries Swift's runtime and Foundation")
  func standalone() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run(
      URL(filePath: "/usr/bin/ldd"), [Program.executable.path])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("libc.so"))
    #expect(!outcome.output.contains("libswift") && !outcome.output.contains("libFoundation"))
  }

  @Test("a folder without a file is nothing to import, and a status that is not 0")
  func nothingToImport() async throws {
    let program = try Program()
    defer { program.clean() }
    let folder = program.folder.appending(path: "images")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let outcome = try await program.run("import", folder.path)
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("There is nothing to import in “\(folder.path)"))
  }

  @Test("a refused file says why in the worklist, also before any triage")
  func refused() async throws {
    let program = try Program()
    defer { program.clean() }
    let file = program.folder.appending(path: "noise.dcm")
    try Data("noise".utf8).write(to: file)
    let outcome = try await program.run("import", "--no-triage", file.path)
    #expect(outcome.output.contains("1 file: 0 new"))
    let worklist = try await program.run("worklist", "--json").output
    #expect(worklist.contains("\"class\" : \"failed\""))
    #expect(!worklist.contains("\"reason\" : null"))
  }

  @Test("a path that is not there is one sentence and a status that is not 0")
  func nothingThere() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("import", "/nowhere/at/all")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("nothing was changed"))
  }

  @Test("without a terminal the workstation says where to run it")
  func noTerminal() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run()
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("Run this in a terminal window."))
    #expect(outcome.output.split(separator: "\n").count == 1)
  }
}

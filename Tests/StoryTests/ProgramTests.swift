import Foundation
import Testing

/// The built program, run as a person would.
struct Program {
  static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  let home: URL

  init() {
    home = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-story-\(UUID().uuidString)")
  }

  /// Runs a command to its end; standard error goes with standard output.
  func run(_ arguments: String...) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = Self.folder.appending(path: "secondlook")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SECONDLOOK_HOME": home.path]) { _, new in new }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }

  func clean() { try? FileManager.default.removeItem(at: home) }
}

@Suite struct ProgramTests {
  @Test("an empty store says how to begin")
  func empty() throws {
    let program = Program()
    defer { program.clean() }
    let (output, status) = try program.run("worklist")
    #expect(status == 0)
    #expect(output.contains("secondlook import"))
  }

  @Test("a folder without a file is nothing to import, and a status that is not 0")
  func nothingToImport() throws {
    let program = Program()
    defer { program.clean() }
    let folder = program.home.appending(path: "images")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (output, status) = try program.run("import", folder.path)
    #expect(status != 0)
    #expect(output.contains("There is nothing to import in “\(folder.path)"))
  }

  @Test("a refused file says why in the worklist, also before any triage")
  func refused() throws {
    let program = Program()
    defer { program.clean() }
    let file = program.home.appending(path: "noise.dcm")
    try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
    try Data("noise".utf8).write(to: file)
    #expect(try program.run("import", "--no-triage", file.path).output.contains("1 file: 0 new"))
    let worklist = try program.run("worklist", "--json").output
    #expect(worklist.contains("\"class\" : \"failed\""))
    #expect(!worklist.contains("\"reason\" : null"))
  }

  @Test("a path that is not there is one sentence and a status that is not 0")
  func nothingThere() throws {
    let program = Program()
    defer { program.clean() }
    let (output, status) = try program.run("import", "/nowhere/at/all")
    #expect(status != 0)
    #expect(output.contains("nothing was changed"))
  }
}

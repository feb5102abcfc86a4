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

  @Test("a path that is not there is one sentence and a status that is not 0")
  func nothingThere() throws {
    let program = Program()
    defer { program.clean() }
    let (output, status) = try program.run("import", "/nowhere/at/all")
    #expect(status != 0)
    #expect(output.contains("nothing was changed"))
  }
}

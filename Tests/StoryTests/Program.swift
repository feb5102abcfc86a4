import Foundation

/// The built program with a store of its own, run as a person would.
///
/// Nothing here blocks the threads that all tests share: there are no more of them than cores, and
/// two tests that wait for a program would stop all the others.
struct Program {
  static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "secondlook")

  /// Everything of one test; the store is in there, and the folder goes with ``clean()``.
  let folder: URL
  var home: URL { folder.appending(path: "store") }
  /// What a person would have exported before the program ran.
  var environment: [String: String] = [:]

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-story-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Runs a command to its end.
  func run(_ arguments: String...) async throws -> Outcome {
    try await run(Self.executable, arguments)
  }

  /// Runs a script that finds the program as `$PROGRAM`.
  func shell(_ script: String) async throws -> Outcome {
    try await run(URL(filePath: "/bin/sh"), ["-c", script])
  }

  /// Runs any tool to its end, where the store is this one; after two minutes it is killed.
  func run(_ tool: URL, _ arguments: [String]) async throws -> Outcome {
    let place = folder.appending(path: "output-\(UUID().uuidString)")
    let tool = Tool(executable: tool, arguments: arguments, environment: surroundings)
    let status = try await tool.run(writingTo: place, within: .seconds(120))
    return Outcome(
      status: status, output: String(decoding: try Data(contentsOf: place), as: UTF8.self))
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  private var surroundings: [String: String] {
    ProcessInfo.processInfo.environment
      .merging(["SECONDLOOK_HOME": home.path, "PROGRAM": Self.executable.path]) { $1 }
      .merging(environment) { $1 }
  }
}

/// How a command ended, and what it said.
struct Outcome: CustomStringConvertible {
  let status: Int32
  let output: String

  var description: String { "status \(status):\n\(output)" }

  /// Whether nothing in the output can steer a terminal.
  var isPlain: Bool {
    output.unicodeScalars.allSatisfy {
      $0 == "\n" || $0.properties.generalCategory != .control
    }
  }
}

/// Files that the stories need and that are kept beside the project.
enum SharedFiles {
  private static let environment = ProcessInfo.processInfo.environment

  static let image =
    (environment["SECONDLOOK_CONFORMANCE"] ?? "../shared/conformance") + "/source_dx.dcm"
  static let hasImage = FileManager.default.fileExists(atPath: image)
  static let dicom = (environment["SECONDLOOK_DATA"] ?? "../shared/data") + "/dicom"
  static let hasDICOM = FileManager.default.fileExists(atPath: dicom + "/index.csv")
  static let chest = (environment["SECONDLOOK_DATA"] ?? "../shared/data") + "/chest"
  static let hasChest = FileManager.default.fileExists(atPath: chest + "/manifest.csv")
}

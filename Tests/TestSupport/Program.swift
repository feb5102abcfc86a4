public import Foundation

/// The built program with a store of its own, run as a person would.
///
/// Nothing here blocks the threads that all tests share: there are no more of them than cores, and
/// two tests that wait for a program would stop all the others.
public struct Program {
  public static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "secondlook")

  /// Everything of one test; the store is in there, and the folder goes with ``clean()``.
  public let folder: URL
  public var home: URL { folder.appending(path: "store") }
  /// What a person would have exported before the program ran.
  public var environment: [String: String] = [:]

  public init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-story-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Runs a command to its end.
  public func run(_ arguments: String...) async throws -> Outcome {
    try await run(Self.executable, arguments)
  }

  /// Runs a script that finds the program as `$PROGRAM`.
  public func shell(_ script: String) async throws -> Outcome {
    try await run(URL(filePath: "/bin/sh"), ["-c", script])
  }

  /// Runs any tool to its end, where the store is this one; after two minutes it is killed.
  public func run(_ tool: URL, _ arguments: [String]) async throws -> Outcome {
    let place = folder.appending(path: "output-\(UUID().uuidString)")
    let tool = Tool(executable: tool, arguments: arguments, environment: surroundings)
    let status = try await tool.run(writingTo: place, within: .seconds(120))
    return Outcome(
      status: status, output: String(decoding: try Data(contentsOf: place), as: UTF8.self))
  }

  public func clean() { try? FileManager.default.removeItem(at: folder) }

  private var surroundings: [String: String] {
    ProcessInfo.processInfo.environment
      .merging(["SECONDLOOK_HOME": home.path, "PROGRAM": Self.executable.path]) { $1 }
      .merging(environment) { $1 }
  }
}

/// How a command ended, and what it said.
public struct Outcome: Error, CustomStringConvertible {
  public let status: Int32
  public let output: String

  public var description: String { "status \(status):\n\(output)" }

  /// Whether nothing in the output can steer a terminal.
  public var isPlain: Bool {
    output.unicodeScalars.allSatisfy {
      $0 == "\n" || $0.properties.generalCategory != .control
    }
  }
}

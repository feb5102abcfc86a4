import Foundation
import TestSupport

/// The validators a document has to pass, where they are there.
enum Tools {
  static let conformance = URL(
    filePath: ProcessInfo.processInfo.environment["SECONDLOOK_CONFORMANCE"]
      ?? "../shared/conformance")

  static let sourceImage = conformance.appending(path: "source_dx.dcm")
  static let hasSource = FileManager.default.fileExists(atPath: sourceImage.path)
  static let hasValidators = ["dciodvfy", "dcentvfy", "dsrdump", "dcmpschk"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  /// Python of a virtual environment with pydicom and highdicom.
  static let python: String? = {
    guard let venv = ProcessInfo.processInfo.environment["SECONDLOOK_ORACLES"] else { return nil }
    let path = venv + "/bin/python"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  struct Outcome {
    let status: Int32
    let output: String
  }

  static func run(_ tool: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
  }

  /// A folder of its own that is gone afterwards.
  static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reporting-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

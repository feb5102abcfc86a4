import Foundation

/// SHA-256 by the system's own program.
enum SHA256 {
  /// The digest of the numbers as little endian 32-bit words.
  static func hex(_ values: [Int32]) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try values.withUnsafeBytes { try Data($0).write(to: url) }
    defer { try? FileManager.default.removeItem(at: url) }
    let program = Process()
    program.executableURL = URL(filePath: "/usr/bin/sha256sum")
    program.arguments = [url.path]
    let output = Pipe()
    program.standardOutput = output
    try program.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return String(text.prefix(64))
  }
}

import Foundation
import Testing

/// Screens as they are recorded in the folder `Golden`.
enum GoldenText {
  /// Compares with what is recorded; with SECONDLOOK_RECORD set it is recorded anew first.
  static func check(
    _ text: String, name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/\(name).txt")
    if ProcessInfo.processInfo.environment["SECONDLOOK_RECORD"] != nil {
      try Data((text + "\n").utf8).write(to: file)
    }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == recorded, sourceLocation: sourceLocation)
  }
}

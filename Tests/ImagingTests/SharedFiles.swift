import Foundation

/// The real files beside the project, where they are there.
enum SharedFiles {
  static let folder: URL = {
    let root = ProcessInfo.processInfo.environment["SECONDLOOK_DATA"] ?? "../shared/data"
    return URL(filePath: root).appending(path: "dicom")
  }()

  static let isThere = FileManager.default.fileExists(
    atPath: folder.appending(path: "index.csv").path)

  /// One row of index.csv by column name.
  typealias Row = [String: String]

  static func index() throws -> [Row] {
    let text = try String(contentsOf: folder.appending(path: "index.csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { columns(String($0)) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  static func bytes(_ row: Row) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: row["file"] ?? "")))
  }

  /// Commas inside quotes do not separate.
  private static func columns(_ line: String) -> [String] {
    var result = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: result.append("")
      default: result[result.count - 1].append(character)
      }
    }
    return result
  }
}

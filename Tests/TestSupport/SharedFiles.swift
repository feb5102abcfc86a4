public import Foundation

/// The real files beside the project, where they are there.
public enum SharedFiles {
  private static let environment = ProcessInfo.processInfo.environment
  private static let data = URL(filePath: environment["SECONDLOOK_DATA"] ?? "../shared/data")

  /// A digital radiograph that the golden reports are about.
  public static let image = URL(
    filePath: environment["SECONDLOOK_CONFORMANCE"] ?? "../shared/conformance"
  ).appending(path: "source_dx.dcm")
  public static let hasImage = exists(image)
  /// DICOM files of every kind, with what they must decode to in `index.csv`.
  public static let dicom = data.appending(path: "dicom")
  public static let hasDICOM = exists(dicom.appending(path: "index.csv"))
  /// Labelled chest radiographs.
  public static let chest = data.appending(path: "chest")
  public static let hasChest = exists(chest.appending(path: "manifest.csv"))

  /// Labelled ultrasound images; many have letters and measuring marks burned in.
  public static let ultrasound = data.appending(path: "ultrasound")
  public static let hasUltrasound = exists(ultrasound.appending(path: "manifest.csv"))

  private static func exists(_ place: URL) -> Bool {
    FileManager.default.fileExists(atPath: place.path)
  }

  /// One row of index.csv by column name.
  public typealias Row = [String: String]

  /// The rows of the DICOM files' index.
  public static func index() throws -> [Row] {
    let text = try String(contentsOf: dicom.appending(path: "index.csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { columns(String($0)) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// The bytes of the file that a row of the index names.
  public static func bytes(_ row: Row) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: dicom.appending(path: row["file"] ?? "")))
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

import Foundation
import Radiology
import Imaging
import Triage

/// What must not leave a hospital, in every form it has inside: picture files, pixels, what the
/// network is fed, names of patients and of files.
struct Secrets {
  /// Sixteen bytes; a run of 24 of an image's bytes holds at least one that is kept here.
  private struct Window: Hashable {
    let first: UInt64
    let second: UInt64

    init(_ bytes: [UInt8], at start: Int) {
      func word(_ start: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
      }
      first = word(start)
      second = word(start + 8)
    }
  }

  private static let length = 16
  private var windows: Set<Window> = []
  private var words: [Data] = []

  init(of data: LabelledFolder, preparedBy preprocessing: Preprocessing) throws {
    for row in data.manifest.rows {
      let png = [UInt8](try Data(contentsOf: data.folder.appending(path: row.file)))
      let image = try GreyImage.read(png: png)
      let prepared = try preprocessing(image)
      keep(png, every: 8)
      keep(image.values.map { UInt8($0) }, every: 8)
      keep(Self.bytes(of: image.values), every: 8)
      keep(Self.bytes(of: prepared.pixels), every: 8)
      keep(Self.bytes(of: prepared.input), every: 8)
      let name = row.file.split(separator: "/").last.map(String.init) ?? row.file
      words += [row.patient, row.file, name].map { Data($0.lowercased().utf8) }
    }
  }

  static func bytes(of values: [Float]) -> [UInt8] {
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
  }

  private mutating func keep(_ bytes: [UInt8], every stride: Int) {
    for start in Swift.stride(from: 0, through: bytes.count - Self.length, by: stride)
    where Set(bytes[start..<start + Self.length]).count >= 8 {
      windows.insert(Window(bytes, at: start))
    }
  }

  /// What of it these bytes hold.
  func found(in bytes: [UInt8]) -> [String] {
    var found: [String] = []
    if bytes.count >= Self.length {
      let isThere = (0...bytes.count - Self.length).contains {
        windows.contains(Window(bytes, at: $0))
      }
      if isThere { found.append("a run of bytes of an image") }
    }
    let lowercase = Data(bytes.map { (65...90).contains($0) ? $0 + 32 : $0 })
    if words.contains(where: { lowercase.range(of: $0) != nil }) {
      found.append("the name of a patient or a file")
    }
    return found
  }
}

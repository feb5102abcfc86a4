import DICOM
import Foundation
import Radiology

/// What a file must decode to: a row of an `index.csv`.
///
/// All samples of all frames, before any rescale, as 32-bit integers: their smallest, largest and
/// sum, and the SHA-256 of their little endian bytes.
struct DecodeReference {
  let file: String
  /// Name of the transfer syntax, or its UID where the index has no name.
  let transferSyntax: String
  /// Whether decoders may differ by rounding.
  let isLossy: Bool
  let smallest: Int
  let largest: Int
  let sum: Int
  let digest: String

  /// The rows of a folder's index that have values; what is malformed on purpose has none.
  static func index(of folder: URL) throws -> [DecodeReference] {
    let place = folder.appending(path: "index.csv")
    guard let text = try? String(contentsOf: place, encoding: .utf8) else {
      throw DecodeCheckError.noIndex
    }
    var records = CommaSeparated.records(text)
    guard let header = records.first, header.contains("pix_sha256") else {
      throw DecodeCheckError.noValues
    }
    records.removeFirst()
    let rows = records.compactMap { fields in
      fields.count == header.count ? DecodeReference(zip(header, fields)) : nil
    }
    guard !rows.isEmpty else { throw DecodeCheckError.noValues }
    return rows
  }

  private init?(_ fields: Zip2Sequence<[String], [String]>) {
    let row = Dictionary(fields.map { ($0, $1) }) { first, _ in first }
    guard row["pixels"]?.hasPrefix("ok") == true, let file = row["file"], !file.hasPrefix("/"),
      !file.hasPrefix("malformed/"), !file.split(separator: "/").contains(".."),
      let smallest = Int(row["pix_min"] ?? ""), let largest = Int(row["pix_max"] ?? ""),
      let sum = Int(row["pix_sum"] ?? ""), let digest = row["pix_sha256"]
    else { return nil }
    let uid = row["transfer_syntax_uid"] ?? ""
    let name = row["transfer_syntax"] ?? ""
    self.file = file
    transferSyntax = name.isEmpty ? uid : name
    isLossy = TransferSyntax(uid: uid).isLossy || row["note"]?.contains("+-2") == true
    self.smallest = smallest
    self.largest = largest
    self.sum = sum
    self.digest = digest
  }
}

/// Why nothing was compared.
enum DecodeCheckError: Error, CustomStringConvertible {
  case noIndex
  case noValues

  var description: String {
    switch self {
    case .noIndex: "The folder has no index.csv that can be read. Name the folder that has it."
    case .noValues:
      "The index.csv has no rows with pix_min, pix_max, pix_sum and pix_sha256 to compare with."
    }
  }
}

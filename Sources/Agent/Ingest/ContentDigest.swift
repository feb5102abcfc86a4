import Crypto
import DICOM
import Foundation

/// What an object is, however it was sent: SHA-256 of transfer syntax and data set.
///
/// The same object comes with other meta information from each sender (PS3.10 7.1), so that its
/// file's own digest would tell it apart from itself.
enum ContentDigest {
  /// Enough for any meta information; where it is not, nothing is said of the content.
  private static let prefix = 1 << 16
  private static let piece = 1 << 20

  /// Hexadecimal; empty for what is no Part 10 file.
  static func of(_ file: URL) -> String {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return "" }
    defer { try? handle.close() }
    guard let start = try? handle.read(upToCount: prefix),
      let body = DICOMFile.body(ofFileBeginning: [UInt8](start)),
      (try? handle.seek(toOffset: UInt64(body.offset))) != nil
    else { return "" }
    var hash = SHA256()
    hash.update(data: Data("\(body.transferSyntax.uid)\n".utf8))
    do {
      while let bytes = try handle.read(upToCount: piece), !bytes.isEmpty {
        hash.update(data: bytes)
      }
    } catch {
      return ""
    }
    return hash.finalize().hexadecimal
  }
}

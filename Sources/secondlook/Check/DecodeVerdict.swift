import Crypto
import DICOM
import Foundation
import Imaging

/// How what was decoded compares with what it must be.
enum DecodeVerdict {
  /// Every value is the reference's.
  case exact
  /// Lossy, and as near as decoders are to each other.
  case close
  case refused(String)
  case wrong(String)

  /// Most that two decoders of one lossy stream differ.
  static let tolerance = 2

  /// Decodes all frames of the file and compares them.
  init(_ reference: DecodeReference, in folder: URL, _ decoder: PixelDecoder) {
    let file = folder.appending(path: reference.file)
    do throws(ImagingError) {
      let header = try DICOMFile.read(contentsOf: file)
      self.init(reference, try decoder.decodeAll(file: file, header: header))
    } catch {
      self = .refused(error.description)
    }
  }

  private init(_ reference: DecodeReference, _ frames: [StoredFrame]) {
    var digest = SHA256()
    var (smallest, largest, sum, count) = (Int.max, Int.min, 0, 0)
    for frame in frames {
      frame.values.withUnsafeBytes { digest.update(bufferPointer: $0) }
      for value in frame.values {
        let number = frame.number(value)
        (smallest, largest) = (min(smallest, number), max(largest, number))
        sum += number
      }
      count += frame.values.count
    }
    let hex = digest.finalize().map { String(format: "%02x", $0) }.joined()
    if hex == reference.digest {
      self = .exact
      return
    }
    let differences = [
      ("smallest", smallest, reference.smallest), ("largest", largest, reference.largest),
      ("sum", sum, reference.sum),
    ].filter { $1 != $2 }
    let words = differences.map { "\($0) is \($1), not \($2)" }.joined(separator: ", ")
    // The index holds no pixels: a lossy file is compared by its smallest, largest and mean value.
    let isNear =
      abs(smallest - reference.smallest) <= Self.tolerance
      && abs(largest - reference.largest) <= Self.tolerance
      && abs(sum - reference.sum) <= Self.tolerance * count
    self =
      reference.isLossy && isNear
      ? .close : .wrong(words.isEmpty ? "values are in other places" : words)
  }
}

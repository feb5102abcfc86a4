import DICOM
import Foundation
import TestSupport
import Testing

@testable import Imaging

/// What real files must decode to, by the reference values of index.csv.
@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct OracleTests {
  /// Files whose pixels we refuse although the reference has them, and why.
  static let refused: [String: String] = [
    "HTJ2KLossless_08_RGB-38f8e8.dcm": "High-Throughput JPEG 2000",
    "HTJ2K_08_RGB-9a7ae1.dcm": "High-Throughput JPEG 2000",
    "JLSL_08_07_0_1F-308fb0.dcm": "7-bit JPEG-LS, which the codec cannot do",
    "SC_rgb_jpeg-868ec7.dcm": "implicit VR in a file that says explicit",
    "multiframe-49464a.dcm": "frames of different sizes",
  ]

  private func decode(_ row: SharedFiles.Row) throws(ImagingError) -> [StoredFrame] {
    let url = SharedFiles.dicom.appending(path: row["file"] ?? "")
    return try PixelDecoder().decodeAll(file: url, header: .read(contentsOf: url))
  }

  private func isLossy(_ row: SharedFiles.Row) -> Bool {
    row["note"]?.contains("+-2") == true
      || TransferSyntax(uid: row["transfer_syntax_uid"] ?? "").isLossy
  }

  /// Files with reference values that are not refused by rule.
  private func expected(lossy: Bool) throws -> [SharedFiles.Row] {
    try SharedFiles.index().filter { row in
      row["pixels"]?.hasPrefix("ok") == true && isLossy(row) == lossy
        && Self.refused[row["file"] ?? ""] == nil
    }
  }

  @Test("lossless files decode to exactly the values the device stored")
  func lossless() throws {
    let rows = try expected(lossy: false)
    #expect(rows.count == 157)
    for row in rows {
      let name = row["file"] ?? ""
      do {
        let frames = try decode(row)
        #expect(frames.count == Int(row["frames"] ?? "") ?? 1, "\(name)")
        #expect(try SHA256.hex(frames.flatMap(\.values)) == row["pix_sha256"], "\(name)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
  }

  @Test("lossy files decode to the reference within the rounding of their transform")
  func lossy() throws {
    let rows = try expected(lossy: true)
    #expect(rows.count == 56)
    for row in rows {
      let name = row["file"] ?? ""
      let values = try decode(row).flatMap(\.values)
      if try SHA256.hex(values) == row["pix_sha256"] { continue }
      let sum = values.reduce(0) { $0 + Int($1) }
      let difference = try #require(Int(row["pix_sum"] ?? "")) - sum
      #expect(abs(Double(difference)) <= 0.5 * Double(values.count), "\(name)")
      let low = try #require(Int(row["pix_min"] ?? ""))
      let high = try #require(Int(row["pix_max"] ?? ""))
      #expect(abs(low - Int(values.min() ?? 0)) <= 2, "\(name)")
      #expect(abs(high - Int(values.max() ?? 0)) <= 2, "\(name)")
    }
  }

  @Test("what is refused is refused with a reason and not with a crash")
  func refusals() throws {
    for row in try SharedFiles.index() where Self.refused[row["file"] ?? ""] != nil {
      do throws(ImagingError) {
        _ = try decode(row)
        Issue.record("\(row["file"] ?? "") was decoded")
      } catch {
        #expect(error != .decoderFailed, "\(row["file"] ?? "")")
      }
    }
  }

  @Test("malformed files are refused, or give the pixels their header says and no more")
  func malformed() throws {
    let rows = try SharedFiles.index().filter { $0["file"]?.hasPrefix("malformed/") == true }
    #expect(rows.count == 78)
    for row in rows {
      let url = SharedFiles.dicom.appending(path: row["file"] ?? "")
      guard let header = try? DICOMFile.read(contentsOf: url),
        let frame = try? PixelDecoder().decode(file: url, header: header)
      else { continue }
      #expect(frame.rows == header.dataSet.integer(.rows))
      #expect(frame.columns == header.dataSet.integer(.columns))
      #expect(frame.values.count == frame.rows * frame.columns * frame.samples)
    }
  }

  @Test("every frame of a real file becomes an image, in its colours' brightness")
  func frames() throws {
    for row in try SharedFiles.index() where row["pixels"] == "ok" {
      guard let count = Int(row["frames"] ?? ""), (2...3).contains(count),
        Self.refused[row["file"] ?? ""] == nil
      else { continue }
      let url = SharedFiles.dicom.appending(path: row["file"] ?? "")
      let header = try DICOMFile.read(contentsOf: url)
      let all = try PixelDecoder().decodeAll(file: url, header: header)
      for frame in 0..<count {
        let image = try GreyImage.read(dicom: url, frame: frame, decoder: PixelDecoder())
        #expect(image == (try GreyImage(all[frame], header, frame: frame)), "\(url)")
      }
    }
  }

  @Test("deflated files are read")
  func deflated() throws {
    let rows = try SharedFiles.index().filter {
      $0["transfer_syntax_uid"] == "1.2.840.10008.1.2.1.99"
    }
    #expect(rows.count == 4)
    for row in rows {
      let file = try DICOMFile.read(
        contentsOf: SharedFiles.dicom.appending(path: row["file"] ?? ""))
      #expect(file.dataSet.integer(.rows).map(String.init) ?? "" == row["rows"] ?? "")
    }
  }
}

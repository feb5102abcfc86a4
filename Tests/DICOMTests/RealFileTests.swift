import Foundation
import TestSupport
import Testing

@testable import DICOM

@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct RealFileTests {
  /// Files the reference reads by guessing, and why we do not.
  static let refused: [String: DICOMError] = [
    // Implicit VR in a file that says explicit.
    "SC_rgb_jpeg-868ec7.dcm": .unknownVR(.imageType),
    // Explicit private sequences inside an implicit file.
    "GH626-d7014e.dcm": .truncated(at: 1088),
    // The same attribute twice, the second time cut short.
    "GH179B-1d64cd.dcm": .unknownVR(DICOM.Tag(0x2031, 0x0028)),
    // No transfer syntax, and group 1 where group 8 should be.
    "meta_missing_tsyntax-075dc5.dcm": .notDICOM,
    // Ends inside an element that is not pixels.
    "rtplan_truncated-15009e.dcm": .truncated(at: 1418),
  ]

  @Test("270 real files are read as the reference reads them, or refused with a reason")
  func agreement() throws {
    for row in try SharedFiles.index() where row["file"]?.hasPrefix("malformed/") == false {
      let name = row["file"] ?? ""
      let bytes = try SharedFiles.bytes(row)
      do throws(DICOMError) {
        let dataSet = try DICOMFile.read(bytes).dataSet
        #expect(row["parse"]?.hasPrefix("ok") == true, "\(name)")
        // The reference gives up on pixels, and then on the size too, where they are cut off.
        guard let rows = Int(row["rows"] ?? ""), let columns = Int(row["cols"] ?? "") else {
          continue
        }
        #expect(dataSet.integer(.rows) == rows, "\(name)")
        #expect(dataSet.integer(.columns) == columns, "\(name)")
      } catch {
        let isExpected =
          row["parse"]?.hasPrefix("error") == true || error == Self.refused[name]
          || error == .deflated && row["transfer_syntax_uid"] == "1.2.840.10008.1.2.1.99"
        #expect(isExpected, "\(name): \(error)")
      }
    }
  }
}

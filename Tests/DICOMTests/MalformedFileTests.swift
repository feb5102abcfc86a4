import Foundation
import TestSupport
import Testing

@testable import DICOM

@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct MalformedFileTests {
  @Test("every malformed file gives a data set or a reason")
  func all() throws {
    let rows = try SharedFiles.index().filter { $0["file"]?.hasPrefix("malformed/") == true }
    #expect(rows.count == 78)
    for row in rows { _ = try? DICOMFile.read(SharedFiles.bytes(row)) }
  }

  @Test(
    "what is no DICOM, ends too early or nests too deep is refused",
    arguments: [
      "html-named-dcm.dcm", "png-named-dcm.dcm", "preamble-only.dcm",
      "sequence-3000-deep-unterminated.dcm", "explicit-cut-in-header.dcm",
      "explicit-cut-in-preamble.dcm", "explicit-cut-in-meta.dcm",
    ])
  func refused(name: String) throws {
    let bytes = try SharedFiles.bytes(["file": "malformed/" + name])
    #expect(throws: DICOMError.self) { try DICOMFile.read(bytes) }
  }

  @Test("pixel data that states 4 GiB is marked as cut off, and nothing is reserved for it")
  func hugeLength() throws {
    let bytes = try SharedFiles.bytes(["file": "malformed/length-4GiB.dcm"])
    #expect(try DICOMFile.read(bytes).pixels?.isTruncated == true)
  }

  @Test("mutants of real files give a data set or a reason", arguments: 0..<8)
  func mutants(seed: UInt64) throws {
    var random = Seeded(seed)
    let rows = try SharedFiles.index().filter {
      Int($0["bytes"] ?? "").map { $0 < 40_000 } ?? false
    }
    for _ in 0..<500 {
      let row = try #require(rows.randomElement(using: &random))
      var bytes = try SharedFiles.bytes(row)
      for _ in 0..<Int.random(in: 1...8, using: &random) where bytes.count > 140 {
        // Most mutations go where lengths and tags are: the first kilobytes after the preamble.
        let place = Int.random(in: 128..<min(bytes.count, 4_096), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xfe, 0xff].randomElement(using: &random) ?? 0
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        default: bytes.insert(contentsOf: [0xfe, 0xff, 0x00, 0xe0], at: place)
        }
      }
      guard let file = try? DICOMFile.read(bytes) else { continue }
      for element in file.dataSet.elements { exercise(file.dataSet, element.tag) }
      if let pixels = file.pixels, !pixels.isTruncated {
        #expect(pixels.offset + pixels.length <= bytes.count)
      }
    }
  }

  /// Asks for a value in every way there is.
  private func exercise(_ dataSet: DataSet, _ tag: DICOM.Tag) {
    _ = dataSet.strings(tag)
    _ = dataSet.integers(tag)
    _ = dataSet.decimals(tag)
    _ = dataSet.personName(tag)?.display
    for item in dataSet.items(tag) {
      for element in item.elements { exercise(item, element.tag) }
    }
  }
}

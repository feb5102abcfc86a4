import DICOM
import Foundation
import Testing

@testable import Imaging

@Suite("The de-identifier looks at the pixels of a file")
struct DeidentifierContentsTests {
  private let deidentifier = Deidentifier(
    pseudonyms: Pseudonyms { bytes in
      (0..<16).map { index in bytes.reduce(UInt8(index)) { $0 &* 31 &+ $1 } }
    })

  private func radiograph(frames: String? = nil) throws -> DataSet {
    var dataSet = try DICOMBytes.header(columns: 2, rows: 2)
    try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1")
    try dataSet.set(.studyInstanceUID, "2.25.41")
    try dataSet.set(.modality, "DX")
    try dataSet.set(.patientID, "MRN-4711")
    if let frames { try dataSet.set(.numberOfFrames, frames) }
    return dataSet
  }

  private func refusal(_ bytes: [UInt8]) throws -> DeidentificationError? {
    try DICOMBytes.withFile(bytes) { place in
      do {
        _ = try deidentifier.output(ofContentsOf: place)
        return nil
      } catch let error as DeidentificationError {
        return error
      }
    }
  }

  @Test("and lets them go where they are as many as stated")
  func asStated() throws {
    #expect(try refusal(DICOMBytes.file(radiograph(), pixels: [1, 2, 3, 4])) == nil)
    let two = try DICOMBytes.file(radiograph(frames: "2"), pixels: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try refusal(two) == nil)
  }

  @Test("and refuses a second frame that no viewer shows, and a row too many or too few")
  func otherwise() throws {
    for pixels: [UInt16] in [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6], [1, 2]] {
      let bytes = try DICOMBytes.file(radiograph(), pixels: pixels)
      #expect(try refusal(bytes) == .pixelsNotAsStated)
    }
    let bytes = try DICOMBytes.file(radiograph(frames: "3"), pixels: [1, 2, 3, 4])
    #expect(try refusal(bytes) == .pixelsNotAsStated)
  }

  @Test("and refuses pixels whose size is not stated")
  func unstated() throws {
    var dataSet = try radiograph()
    dataSet[.rows] = nil
    #expect(
      try refusal(DICOMBytes.file(dataSet, pixels: [1, 2, 3, 4])) == .pixelsNotAsStated)
  }

  /// The file with these fragments under a compressed transfer syntax.
  private func compressed(
    _ fragments: [[UInt8]], frames: String? = nil, syntax: String
  ) throws -> [UInt8] {
    let plain = try DICOMBytes.file(radiograph(frames: frames), pixels: [1, 2, 3, 4])
    let pixels = try #require(try DICOMFile.read(plain).pixels)
    let headerLength = try #require(
      try DICOMFile.read(plain).meta.integer(.fileMetaInformationGroupLength))
    let uid = Array(syntax.utf8) + (syntax.utf8.count % 2 == 1 ? [0] : [])
    var file = Array(plain[..<132])
    file += [2, 0, 0x10, 0, 0x55, 0x49, UInt8(uid.count), 0] + uid
    // All but tag, VR and length of the pixels.
    file += plain[(144 + headerLength)..<(pixels.offset - 12)]
    file += [0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]
    for fragment in [[]] + fragments {
      file += [0xfe, 0xff, 0, 0xe0, UInt8(fragment.count), 0, 0, 0] + fragment
    }
    return file + [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]
  }

  @Test("and refuses compressed pictures behind those that are stated")
  func fragments() throws {
    let jpeg = "1.2.840.10008.1.2.4.70"
    let begin: [UInt8] = [0xff, 0xd8, 1, 2]
    let rest: [UInt8] = [3, 4, 0xff, 0xd9]
    #expect(try refusal(compressed([begin, rest], syntax: jpeg)) == nil)
    #expect(try refusal(compressed([begin, begin], frames: "2", syntax: jpeg)) == nil)
    #expect(try refusal(compressed([begin, begin], syntax: jpeg)) == .pixelsNotAsStated)
    #expect(try refusal(compressed([rest], syntax: jpeg)) == .pixelsNotAsStated)
    let rle = "1.2.840.10008.1.2.5"
    let header: [UInt8] = [2, 0, 0, 0, 64, 0, 0, 0]
    #expect(try refusal(compressed([header, rest], syntax: rle)) == nil)
    #expect(try refusal(compressed([header, header], syntax: rle)) == .pixelsNotAsStated)
    #expect(try refusal(compressed([rest], syntax: rle)) == .pixelsNotAsStated)
  }
}

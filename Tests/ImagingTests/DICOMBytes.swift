import DICOM
import Foundation

/// Makes small DICOM images to decode.
enum DICOMBytes {
  /// The attributes of a plain grey image.
  static func header(
    columns: Int, rows: Int, bits: Int = 16, photometric: String = "MONOCHROME2"
  ) throws(DICOMError) -> DataSet {
    var dataSet = DataSet()
    try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
    try dataSet.set(.sopInstanceUID, "2.25.42")
    try dataSet.set(.samplesPerPixel, integers: [1])
    try dataSet.set(.photometricInterpretation, photometric)
    try dataSet.set(.rows, integers: [rows])
    try dataSet.set(.columns, integers: [columns])
    try dataSet.set(.bitsAllocated, integers: [bits])
    try dataSet.set(.bitsStored, integers: [bits])
    try dataSet.set(.highBit, integers: [bits - 1])
    try dataSet.set(.pixelRepresentation, integers: [0])
    return dataSet
  }

  /// A file with these attributes and 16-bit pixels.
  static func file(_ dataSet: DataSet, pixels: [UInt16]) throws(DICOMError) -> [UInt8] {
    var dataSet = dataSet
    try dataSet.set(
      .pixelData, .OW, bytes: pixels.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    return try DICOMFile(dataSet).write()
  }

  /// Runs the body with the bytes in a file that is gone afterwards.
  @discardableResult
  static func withFile<Result>(
    _ bytes: [UInt8], _ body: (URL) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dcm")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}

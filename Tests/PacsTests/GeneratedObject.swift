import DICOM
import Foundation

/// A generated radiograph as a file of its own; nobody's, and no two are alike.
struct GeneratedObject {
  let uid: String
  let file: Data

  init(_ number: Int, of study: String, side: Int = 64, patient: String? = nil) throws {
    uid = "\(study).1.\(number)"
    var object = DataSet()
    try object.set(.sopClassUID, UIDs.digitalXRay)
    try object.set(.sopInstanceUID, uid)
    try object.set(.studyInstanceUID, study)
    try object.set(.seriesInstanceUID, "\(study).1")
    try object.set(.studyDate, "20261127")
    try object.set(.patientID, patient ?? "P\(study)")
    try object.set(.patientName, "GENERATED^NOBODY")
    try object.set(.modality, "DX")
    try object.set(.instanceNumber, integers: [number])
    try object.set(.samplesPerPixel, integers: [1])
    try object.set(.photometricInterpretation, "MONOCHROME2")
    for (tag, value): (Tag, Int) in [
      (.rows, side), (.columns, side), (.bitsAllocated, 16), (.bitsStored, 12), (.highBit, 11),
      (.pixelRepresentation, 0),
    ] { try object.set(tag, integers: [value]) }
    let pixels = (0..<side * side).flatMap {
      [UInt8(truncatingIfNeeded: $0 &* 31 &+ number), UInt8($0 & 0xf)]
    }
    try object.set(.pixelData, .OW, bytes: pixels)
    file = Data(try DICOMFile(object).write())
  }

  /// What travels of a file, and is the same however often it did: all but its meta information.
  static func dataSet(of file: Data) -> [UInt8] {
    let bytes = [UInt8](file)
    let start = DICOMFile.body(ofFileBeginning: Array(bytes.prefix(16_384)))?.offset
    return Array(bytes[(start ?? 0)...])
  }
}

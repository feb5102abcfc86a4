import DICOM
import Foundation
import Phantom

/// Generated radiographs as files, some to a study: each an object of its own, none of a person.
struct BenchObjects {
  let folder: URL
  let count: Int
  /// Bytes of all.
  let bytes: Int

  /// Writes so many files of `side` by `side` pixels, 16 bits each, into a folder made for them.
  init(_ count: Int, side: Int, toAStudy images: Int = 10, in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let phantom = ChestPhantom(
      seed: 1, hospital: Hospital.examples[0], isAbnormal: false, side: side)
    let pixels = phantom.pixels.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    var bytes = 0
    for number in 0..<count {
      let file = Data(try Self.object(number, of: images, side: side, pixels).write())
      try file.write(to: folder.appending(path: "\(number).dcm"))
      bytes += file.count
    }
    (self.folder, self.count, self.bytes) = (folder, count, bytes)
  }

  private static func object(
    _ number: Int, of images: Int, side: Int, _ pixels: [UInt8]
  ) throws -> DICOMFile {
    var file = DataSet()
    let study = "2.25.41.\(number / images + 1)"
    for (tag, vr, value): (Tag, VR, String) in [
      (.specificCharacterSet, .CS, "ISO_IR 192"), (.sopClassUID, .UI, digitalXRay),
      (.sopInstanceUID, .UI, "\(study).1.\(number % images + 1)"), (.studyDate, .DA, "20261127"),
      (.studyTime, .TM, "081500"), (.accessionNumber, .SH, "SYN\(number / images)"),
      (.modality, .CS, "DX"), (.manufacturer, .LO, "SecondLook phantom"),
      (.syntheticData, .CS, "YES"), (.studyDescription, .LO, "SYNTHETIC chest PA"),
      (.patientName, .PN, "BENCH^SYNTHETIC"), (.patientID, .LO, "SYN\(number / images)"),
      (.patientBirthDate, .DA, "19700101"), (.patientSex, .CS, "O"), (.patientAge, .AS, "056Y"),
      (.bodyPartExamined, .CS, "CHEST"), (.viewPosition, .CS, "PA"),
      (.studyInstanceUID, .UI, study), (.seriesInstanceUID, .UI, "\(study).1"),
      (.photometricInterpretation, .CS, "MONOCHROME2"), (.burnedInAnnotation, .CS, "NO"),
    ] { try file.set(tag, vr, value) }
    try file.set(.patientOrientation, .CS, ["L", "F"])
    for (tag, value): (Tag, Int) in [
      (.samplesPerPixel, 1), (.rows, side), (.columns, side), (.bitsAllocated, 16),
      (.bitsStored, 12), (.highBit, 11), (.pixelRepresentation, 0),
    ] { try file.set(tag, .US, integers: [value]) }
    try file.set(.imagerPixelSpacing, decimals: [0.4, 0.4])
    try file.set(.windowCenter, decimals: [2048])
    try file.set(.windowWidth, decimals: [4096])
    try file.set(.instanceNumber, integers: [number % images + 1])
    try file.set(.pixelData, .OW, bytes: pixels)
    return DICOMFile(file)
  }

  /// Digital X-Ray Image Storage, For Presentation.
  private static let digitalXRay = "1.2.840.10008.5.1.4.1.1.1.1"
}

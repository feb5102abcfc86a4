@testable import DICOM

/// A radiograph of somebody who does not exist, small and complete.
struct Radiograph {
  var dataSet = DataSet()
  /// Sixteen pixels of 16 bits.
  let pixels = (0..<32).map { UInt8($0) }

  init() throws {
    try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1")
    try dataSet.set(.sopInstanceUID, "1.2.3.4.5")
    try dataSet.set(.studyInstanceUID, "1.2.3.4")
    try dataSet.set(.modality, "DX")
    try dataSet.set(.imageType, ["ORIGINAL", "PRIMARY"])
    try dataSet.set(.patientName, "Grünwald^Ottilie")
    try dataSet.set(.patientID, "MRN-4711")
    try dataSet.set(.patientBirthDate, "19500704")
    try dataSet.set(.studyDate, "20240229")
    try dataSet.set(.samplesPerPixel, integers: [1])
    try dataSet.set(.photometricInterpretation, "MONOCHROME2")
    try dataSet.set(.rows, integers: [4])
    try dataSet.set(.columns, integers: [4])
    try dataSet.set(.bitsAllocated, integers: [16])
    try dataSet.set(.pixelRepresentation, integers: [0])
    try dataSet.set(.pixelData, .OW, bytes: pixels)
  }

  /// The file as it would arrive.
  func bytes() throws -> [UInt8] { try DICOMFile(dataSet).write() }

  /// What is left of it, read back.
  func deidentified(by deidentifier: Deidentifier = .under("secret")) throws -> DataSet {
    try DICOMFile.read(deidentifier.output(of: bytes()).bytes).dataSet
  }

  /// Why it stays; nil if it may leave.
  func refusal() throws -> DeidentificationError? {
    let bytes = try bytes()
    do throws(DeidentificationError) {
      _ = try Deidentifier.under("secret").output(of: bytes)
      return nil
    } catch {
      return error
    }
  }
}

extension Deidentifier {
  /// A de-identifier whose hash is keyed, if not one to rely on outside tests.
  static func under(_ secret: String) -> Deidentifier { Deidentifier(pseudonyms: .under(secret)) }
}

extension Pseudonyms {
  static func under(_ secret: String) -> Pseudonyms {
    Pseudonyms { bytes in
      var state: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in Array(secret.utf8) + [0] + bytes {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
      }
      return (0..<16).map { _ in
        state = (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
        return UInt8(truncatingIfNeeded: state >> 32)
      }
    }
  }
}

import DICOM
import Foundation
import Imaging
import Phantom

/// Generated chest radiographs that nothing is wrong with, until a test changes one.
enum Radiographs {
  /// Columns and rows: more than the small models of the tests look at.
  static let side = 96

  /// Greys of a normal chest, 0 to 4095.
  static let chest = ChestPhantom(
    seed: 5, hospital: Hospital.examples[0], isAbnormal: false, side: side
  ).pixels

  static func header(object: String = "1.2.3.1.1") throws -> DataSet {
    var file = DataSet()
    try file.set(.imageType, ["DERIVED", "PRIMARY"])
    try file.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1")
    try file.set(.sopInstanceUID, object)
    try file.set(.studyInstanceUID, "1.2.3")
    try file.set(.seriesInstanceUID, "1.2.3.1")
    try file.set(.patientID, "4711")
    try file.set(.patientName, "DOE^JANE")
    try file.set(.modality, "DX")
    try file.set(.presentationIntentType, "FOR PRESENTATION")
    try file.set(.bodyPartExamined, "CHEST")
    try file.set(.viewPosition, "PA")
    try file.set(.patientAge, "054Y")
    try file.set(.patientOrientation, ["L", "F"])
    try file.set(.burnedInAnnotation, "NO")
    try file.set(.lossyImageCompression, "00")
    try file.set(.imagerPixelSpacing, decimals: [3.6, 3.6])
    try file.set(.samplesPerPixel, integers: [1])
    try file.set(.photometricInterpretation, "MONOCHROME2")
    try file.set(.bitsAllocated, integers: [16])
    try file.set(.bitsStored, integers: [12])
    try file.set(.highBit, integers: [11])
    try file.set(.pixelRepresentation, integers: [0])
    try file.show(chest, columns: side, rows: side)
    return file
  }
}

extension DataSet {
  /// Gives it other pixels.
  mutating func show(_ pixels: [UInt16], columns: Int, rows: Int) throws {
    try set(.rows, integers: [rows])
    try set(.columns, integers: [columns])
    try set(.pixelData, .OW, bytes: pixels.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
  }
}

extension [UInt16] {
  /// A square picture turned by a quarter, counterclockwise.
  func quarterTurned(side: Int) -> [UInt16] {
    (0..<side * side).map { self[$0 % side * side + side - 1 - $0 / side] }
  }

  /// Letters of a machine, 7 pixels high, at the lower edge.
  func lettered(side: Int) -> [UInt16] {
    let glyphs = [
      [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
      [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
      [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
    ]
    var pixels = map { $0 / 2 }
    for letter in 0..<6 {
      for row in 0..<7 {
        for column in 0..<5 where glyphs[letter % 3][row] >> (4 - column) & 1 == 1 {
          pixels[(side - 12 + row) * side + 10 + letter * 7 + column] = 4_095
        }
      }
    }
    return pixels
  }
}

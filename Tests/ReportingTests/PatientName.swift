import DICOM
import Testing

/// Patient's Name as bytes in a character set, and the same in words.
struct PatientName: Sendable, CustomTestStringConvertible {
  let alphabet: String
  let bytes: [UInt8]
  let words: String

  var testDescription: String { alphabet }

  static let samples = [
    PatientName(alphabet: "ISO_IR 6", bytes: Array("Doe^Jane".utf8), words: "Doe^Jane"),
    PatientName(
      alphabet: "ISO_IR 100",
      bytes: [0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x5e, 0x5a, 0x6f, 0xeb], words: "Müller^Zoë"),
    PatientName(
      alphabet: "ISO_IR 126",
      bytes: [
        0xd0, 0xe1, 0xf0, 0xe1, 0xe4, 0xfc, 0xf0, 0xef, 0xf5, 0xeb, 0xef, 0xf2, 0x5e, 0xcd, 0xdf,
        0xea, 0xef, 0xf2,
      ], words: "Παπαδόπουλος^Νίκος"),
    PatientName(
      alphabet: "GB18030",
      bytes: Array("Wang^XiaoDong=".utf8) + [0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab],
      words: "Wang^XiaoDong=王^小东"),
    PatientName(
      alphabet: "ISO_IR 192", bytes: Array("Wang^XiaoDong=王^小东".utf8), words: "Wang^XiaoDong=王^小东"),
  ]

  /// A header under this name.
  func set(in header: DataSet) throws -> DataSet {
    var header = header
    try header.set(.specificCharacterSet, alphabet)
    try header.set(.patientName, .PN, bytes: bytes)
    return header
  }
}

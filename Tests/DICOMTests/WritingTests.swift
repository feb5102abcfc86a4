import Foundation
import TestSupport
import Testing

@testable import DICOM

@Suite struct WritingTests {
  private func report() throws -> DataSet {
    var dataSet = DataSet()
    try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.88.34")
    try dataSet.set(.sopInstanceUID, "2.25.1")
    try dataSet.set(.patientName, "Müller^Jörg")
    return dataSet
  }

  @Test("what is written is read back the same")
  func roundTrip() throws {
    var dataSet = try report()
    var item = DataSet()
    try item.set(.codeMeaning, "Łódź")
    try item.set(.graphicData, decimals: [1.5, -2])
    dataSet.set(.contentSequence, items: [item, DataSet()])
    try dataSet.set(.rows, integers: [512])
    try dataSet.set(.numericValue, decimals: [0.125])
    try dataSet.set(.imageType, ["DERIVED", "SECONDARY"])
    dataSet.setEmpty(.laterality)
    let read = try DICOMFile.read(DICOMFile(dataSet).write())
    #expect(read.dataSet.string(.patientName) == "Müller^Jörg")
    #expect(read.dataSet.items(.contentSequence).first?.string(.codeMeaning) == "Łódź")
    #expect(read.dataSet.items(.contentSequence).first?.decimals(.graphicData) == [1.5, -2])
    #expect(read.dataSet.integer(.rows) == 512)
    #expect(read.dataSet.decimal(.numericValue) == 0.125)
    #expect(read.dataSet.strings(.imageType) == ["DERIVED", "SECONDARY"])
    #expect(read.dataSet.contains(.laterality))
    #expect(read.dataSet.string(.specificCharacterSet) == "ISO_IR 192")
    #expect(read.meta.uid(.mediaStorageSOPInstanceUID) == "2.25.1")
    #expect(read.transferSyntax == .explicitLittleEndian)
    #expect(try DICOMFile.read(DICOMFile(read.dataSet).write()).dataSet == read.dataSet)
  }

  @Test("a file without SOP Instance UID is not written")
  func unnamed() throws {
    var dataSet = try report()
    dataSet[.sopInstanceUID] = nil
    #expect(throws: DICOMError.missing(.sopInstanceUID)) { try DICOMFile(dataSet).write() }
  }

  static let forbidden: [(tag: DICOM.Tag, value: String)] = [
    (.patientID, String(repeating: "1", count: 65)),
    (.accessionNumber, String(repeating: "1", count: 17)),
    (.modality, "dx"),
    (.sopInstanceUID, "1..2"),
    (.studyDate, "2024-01-01"),
    (.patientName, "A\u{1b}[31m"),
    (.patientID, "1\\2"),
    (.instanceNumber, "one"),
    (.textValue, "bell\u{7}"),
  ]

  @Test("values the standard forbids are not stored", arguments: forbidden.indices)
  func refused(index: Int) {
    let (tag, value) = Self.forbidden[index]
    var dataSet = DataSet()
    #expect(throws: DICOMError.self) { try dataSet.set(tag, value) }
    #expect(dataSet.isEmpty)
  }

  @Test("numbers that do not fit are not stored")
  func numbers() {
    var dataSet = DataSet()
    #expect(throws: DICOMError.self) { try dataSet.set(.rows, integers: [65_536]) }
    #expect(throws: DICOMError.self) { try dataSet.set(.numericValue, decimals: [.nan]) }
    #expect(throws: DICOMError.self) { try dataSet.set(.patientName, integers: [1]) }
  }

  @Test("decimal strings are short enough and as exact as that allows", arguments: 0..<200)
  func decimalStrings(seed: UInt64) throws {
    var random = Seeded(seed)
    let magnitude = Int.random(in: -12...14, using: &random)
    let value =
      Double.random(in: -1...1, using: &random)
      * Double(sign: .plus, exponent: magnitude * 3, significand: 1)
    var dataSet = DataSet()
    try dataSet.set(.numericValue, decimals: [value])
    let read = try #require(dataSet.decimal(.numericValue))
    #expect(abs(read - value) <= abs(value) * 1e-8 + 1e-300)
  }

  @Test("copied attributes change their alphabet and keep their text")
  func copies() throws {
    var source = DataSet(characterSet: SpecificCharacterSet(terms: ["ISO_IR 100"]))
    source[.patientName] = DataSet.Element(
      tag: .patientName, vr: .PN, value: .bytes([0x4d, 0xfc, 0x6c, 0x6c]))
    var target = DataSet()
    try target.copy([.patientName, .patientID], from: source)
    #expect(target.string(.patientName) == "Müll")
    #expect(!target.contains(.patientID))
  }
}

import Testing

@testable import DICOM

@Suite("The de-identifier")
struct DeidentifierTests {
  @Test("takes out who it was, where, and by whom, and keeps what the picture needs")
  func removal() throws {
    var radiograph = try Radiograph()
    try radiograph.dataSet.set(.institutionName, "Spital Grünau")
    try radiograph.dataSet.set(.referringPhysicianName, "Abel^Kain")
    try radiograph.dataSet.set(.accessionNumber, "A-2024-77")
    try radiograph.dataSet.set(.studyDescription, "Thorax of Mrs Grünwald")
    try radiograph.dataSet.set(.patientAge, "093Y")
    try radiograph.dataSet.set(.patientSex, "F")
    try radiograph.dataSet.set(DICOM.Tag(0x0009, 0x0010), .LO, "ACME")
    try radiograph.dataSet.set(DICOM.Tag(0x0009, 0x1001), .LO, "Grünwald")
    try radiograph.dataSet.set(.bodyPartExamined, "CHEST")
    let left = try radiograph.deidentified()
    #expect(left.string(.institutionName) == "REMOVED")
    for tag: DICOM.Tag in [.referringPhysicianName, .accessionNumber, .patientSex] {
      #expect(left[tag]?.value == .bytes([]), "\(tag)")
    }
    #expect(left[.patientBirthDate]?.value == .bytes([]))
    #expect(!left.contains(.studyDescription))
    #expect(!left.contains(.patientAge))
    #expect(!left.elements.contains { $0.tag.isPrivate })
    #expect(left.string(.bodyPartExamined) == "CHEST")
    #expect(left.integer(.rows) == 4)
    #expect(left.string(.sopClassUID) == radiograph.dataSet.string(.sopClassUID))
  }

  @Test("takes out what belongs to headers and messages, wherever it stands")
  func headers() throws {
    var radiograph = try Radiograph()
    let tags = [
      DICOM.Tag(0x0002, 0x0016), DICOM.Tag(0x0002, 0x0018), DICOM.Tag(0x0004, 0x1130),
    ]
    var item = DataSet()
    for tag in tags { try item.set(tag, .AE, bytes: Array("CT_GRUENAU ".utf8) + [0x20]) }
    radiograph.dataSet.set(.anatomicRegionSequence, items: [item])
    let left = try #require(try radiograph.deidentified().items(.anatomicRegionSequence).first)
    #expect(left.isEmpty)
  }

  @Test("says what it did, in the codes of the standard")
  func statement() throws {
    let left = try Radiograph().deidentified()
    #expect(left.string(.patientIdentityRemoved) == "YES")
    #expect(left.string(.longitudinalTemporalInformationModified) == "MODIFIED")
    let codes = left.items(.deidentificationMethodCodeSequence).map { $0.string(.codeValue) }
    #expect(codes == ["113100", "113107"])
  }

  @Test("can be asked twice: its own output passes")
  func twice() throws {
    let once = try Deidentifier.under("secret").output(of: Radiograph().bytes())
    _ = try Deidentifier.under("secret").output(of: once.bytes)
  }

  @Test("cleans items of sequences that stay")
  func sequences() throws {
    var radiograph = try Radiograph()
    var item = DataSet()
    try item.set(.codeValue, "399208008")
    try item.set(.patientName, "Grünwald^Ottilie")
    try item.set(DICOM.Tag(0x0011, 0x0010), .LO, "ACME")
    radiograph.dataSet.set(.anatomicRegionSequence, items: [item])
    let left = try #require(try radiograph.deidentified().items(.anatomicRegionSequence).first)
    #expect(left.string(.codeValue) == "399208008")
    #expect(left.string(.patientName) == nil)
    #expect(!left.elements.contains { $0.tag.isPrivate })
  }

  @Test("reads what was kept as unknown by a program that did not know it")
  func unknown() throws {
    var radiograph = try Radiograph()
    try radiograph.dataSet.set(.patientOrientation, .UN, bytes: Array("L\\F ".utf8))
    try radiograph.dataSet.set(.studyDescription, .UN, bytes: Array("Grünwald".utf8))
    let item: [UInt8] = [0xfe, 0xff, 0, 0xe0, 8, 0, 0, 0]
    let name: [UInt8] = [0x10, 0, 0x10, 0, 0, 0, 0, 0]
    try radiograph.dataSet.set(.anatomicRegionSequence, .UN, bytes: item + name)
    let left = try radiograph.deidentified()
    #expect(left.strings(.patientOrientation) == ["L", "F"])
    #expect(left[.patientOrientation]?.vr == .CS)
    #expect(!left.contains(.studyDescription))
    #expect(left.items(.anatomicRegionSequence).count == 1)
  }

  @Test("inflates what is deflated, and finds the pixels there")
  func deflated() throws {
    let radiograph = try Radiograph()
    let plain = try radiograph.bytes()
    let header = try DICOMFile.read(plain).meta.integer(.fileMetaInformationGroupLength) ?? 0
    let body = Array(plain.dropFirst(144 + header))
    let uid = Array("1.2.840.10008.1.2.1.99".utf8)
    var file = Array(plain[..<132])
    file += [2, 0, 0x10, 0, 0x55, 0x49, UInt8(uid.count), 0] + uid + [7, 7]
    let output = try Deidentifier.under("secret").output(of: file) { deflated in
      #expect(Array(deflated) == [7, 7])
      return body
    }
    let left = try DICOMFile.read(output.bytes)
    let pixels = try #require(left.pixels)
    #expect(
      Array(output.bytes[pixels.offset..<pixels.offset + pixels.length]) == radiograph.pixels)
    #expect(left.transferSyntax == .explicitLittleEndian)
  }
}

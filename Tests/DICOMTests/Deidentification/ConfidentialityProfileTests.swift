import Testing

@testable import DICOM

@Suite("The confidentiality profile")
struct ConfidentialityProfileTests {
  typealias Action = ConfidentialityProfile.Action

  /// One attribute for each code of Table E.1-1, and for each rule beside the table.
  static let rules: [(code: String, tag: DICOM.Tag, vr: VR, action: Action)] = [
    ("X", DICOM.Tag(0x0008, 0x1030), .LO, .remove),
    ("Z", .accessionNumber, .SH, .empty),
    ("D", DICOM.Tag(0x0012, 0x0020), .LO, .dummy),
    ("U", .sopInstanceUID, .UI, .newUID),
    ("X/Z is Z", DICOM.Tag(0x2200, 0x0005), .LT, .empty),
    ("X/D is D", DICOM.Tag(0x0018, 0x700a), .SH, .dummy),
    ("Z/D is D", DICOM.Tag(0x0018, 0x0010), .LO, .dummy),
    ("X/Z/D is D", .institutionName, .LO, .dummy),
    ("X/Z/U* is U", DICOM.Tag(0x0008, 0x2112), .SQ, .newUID),
    ("Z with dates moved", .studyDate, .DA, .moveDate),
    ("X with dates moved", DICOM.Tag(0x0008, 0x0024), .DA, .moveDate),
    ("Z without dates moved", .patientBirthDate, .DA, .empty),
    ("X: an age is no date", DICOM.Tag(0x0010, 0x1010), .AS, .remove),
    ("X with dates moved, but no date", DICOM.Tag(0x0008, 0x0201), .SH, .remove),
    ("X/D of a sequence", DICOM.Tag(0x0008, 0x1072), .SQ, .remove),
    ("X/Z of a sequence", DICOM.Tag(0x0008, 0x1110), .SQ, .remove),
    ("X/Z of a sequence of type 2", DICOM.Tag(0x0040, 0x0555), .SQ, .empty),
    ("D of a sequence", .contentSequence, .SQ, .empty),
    ("50xx", DICOM.Tag(0x5012, 0x3000), .OW, .remove),
    ("60xx", DICOM.Tag(0x6002, 0x3000), .OW, .remove),
    ("60xx beside the table", DICOM.Tag(0x6002, 0x0010), .US, .remove),
    ("private", DICOM.Tag(0x0009, 0x1001), .PN, .remove),
    ("of a message", DICOM.Tag(0x0000, 0x0600), .AE, .remove),
    ("of a file header", DICOM.Tag(0x0002, 0x0016), .AE, .remove),
    ("of a directory", DICOM.Tag(0x0004, 0x1130), .CS, .remove),
    ("group length", DICOM.Tag(0x0008, 0x0000), .UL, .remove),
    ("not listed", .rows, .US, .keep),
    ("not listed: a UID", DICOM.Tag(0x0008, 0x1167), .UI, .newUID),
    ("not listed: a name", DICOM.Tag(0x0040, 0xa067), .PN, .remove),
    ("not listed: free text", DICOM.Tag(0x0028, 0x1351), .ST, .remove),
    ("not listed: a date", DICOM.Tag(0x0008, 0x0404), .DT, .moveDate),
  ]

  @Test("every code of the table has its action", arguments: rules.indices)
  func actions(index: Int) {
    let rule = Self.rules[index]
    #expect(ConfidentialityProfile.action(for: rule.tag, rule.vr) == rule.action, "\(rule.code)")
  }

  @Test("no name, date or address of PS3.6 is kept as it is")
  func completeness() throws {
    let entries = attributeTable.split(whereSeparator: \.isWhitespace)
    #expect(entries.count > 5_000)
    for entry in entries {
      let number = try #require(UInt32(entry.prefix(8), radix: 16))
      let tag = DICOM.Tag(UInt16(number >> 16), UInt16(number & 0xffff))
      for vr in VR.allowed(for: tag) where [.PN, .DA, .DT, .LT, .ST, .UR, .UT].contains(vr) {
        #expect(ConfidentialityProfile.action(for: tag, vr) != .keep, "\(tag)")
      }
    }
  }

  @Test("every attribute the table removes or replaces is treated so, as it is in PS3.6")
  func table() throws {
    let entries = confidentialityTable.split(whereSeparator: \.isWhitespace)
    #expect(entries.count == 652)
    for entry in entries {
      let number = try #require(UInt32(entry.prefix(8), radix: 16))
      let tag = DICOM.Tag(UInt16(number >> 16), UInt16(number & 0xffff))
      #expect(ConfidentialityProfile.lists(tag))
      #expect(ConfidentialityProfile.action(for: tag, VR.implied(by: tag)) != .keep, "\(tag)")
    }
  }

  @Test("what is not in PS3.6 is not known, and choices of the standard are")
  func dictionary() {
    #expect(VR.allowed(for: DICOM.Tag(0x0010, 0x9999)).isEmpty)
    #expect(VR.allowed(for: DICOM.Tag(0x0028, 0x0120)) == [.US, .SS])
    #expect(VR.allowed(for: .pixelData) == [.OW, .OB])
    #expect(VR.allowed(for: DICOM.Tag(0x6004, 0x3000)) == [.OW, .OB])
    #expect(VR.implied(by: .patientName) == .PN)
    #expect(VR.implied(by: DICOM.Tag(0x0009, 0x0010)) == .LO)
    #expect(VR.implied(by: DICOM.Tag(0x0009, 0x1010)) == .UN)
  }
}

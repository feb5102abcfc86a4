import DICOM
import Foundation
import Testing

@testable import Reporting

@Suite("Documents and what others say of them")
struct ConformanceTests {
  /// Writes a document into a folder and hands over its path.
  private func withDocument(
    _ kind: Kind, header: DataSet, _ body: (_ document: String) throws -> Void
  ) throws {
    try Tools.withFolder { folder in
      let document = folder.appending(path: "sr.dcm")
      try Data(try StructuredReportTests.write(try kind.sample(), kind, header: header))
        .write(to: document)
      try body(document.path)
    }
  }

  /// The shared image's header, without its pixels.
  private func sourceHeader() throws -> DataSet {
    var header = try DICOMFile.read(try Data(contentsOf: Tools.sourceImage)).dataSet
    header[.pixelData] = nil
    return header
  }

  private func expectValid(_ document: String) throws {
    let verify = try Tools.run("/usr/bin/dciodvfy", [document])
    #expect(verify.status == 0, "\(verify.output)")
    #expect(!verify.output.contains("Error"), "\(verify.output)")
    let dump = try Tools.run("/usr/bin/dsrdump", [document])
    #expect(dump.status == 0, "\(dump.output)")
    // DCMTK 3.6.7 warns of every UTF-8 file with letters beyond ASCII; that is no fault of ours.
    let known = "W: The VR checker does not support this Specific Character Set: ISO_IR 192\n"
    let output = dump.output.replacingOccurrences(of: known, with: "")
    #expect(!output.contains("E: ") && !output.contains("W: "), "\(output)")
    #expect(output.hasPrefix("Comprehensive 3D SR Document"), "\(output)")
  }

  @Test(
    "dciodvfy and dsrdump find nothing wrong with any kind of document",
    .enabled(if: Tools.hasValidators, "dciodvfy or dsrdump is not installed"),
    arguments: Kind.allCases)
  func validators(kind: Kind) throws {
    try withDocument(kind, header: try StructuredReportTests.header()) { document in
      try expectValid(document)
    }
  }

  @Test(
    "check_sr.py accepts any kind of document on the shared image",
    .enabled(
      if: Tools.hasSource && Tools.python != nil,
      "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func checked() throws {
    try Tools.withFolder { folder in
      let header = try sourceHeader()
      var pairs: [(document: URL, source: URL)] = []
      for kind in Kind.allCases {
        let document = folder.appending(path: "\(kind.rawValue).dcm")
        try Data(try StructuredReportTests.write(try kind.sample(), kind, header: header))
          .write(to: document)
        pairs.append((document, Tools.sourceImage))
      }
      for index in Self.names.indices {
        let header = try namedHeader(index)
        let document = folder.appending(path: "name\(index).dcm")
        let source = folder.appending(path: "source\(index).dcm")
        try Data(
          try StructuredReportTests.write(try Kind.signed.sample(), .signed, header: header)
        ).write(to: document)
        try Data(try DICOMFile(header).write()).write(to: source)
        pairs.append((document, source))
      }
      for (pair, verdict) in zip(pairs, try StructuredReportCheck.verdicts(on: pairs)) {
        #expect(verdict.hasSuffix("OK"), "\(pair.document.lastPathComponent): \(verdict)")
      }
    }
  }

  @Test(
    "check_sr.py would find a wrong patient, so its consent means something",
    .enabled(
      if: Tools.hasSource && Tools.python != nil,
      "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func checkCanFail() throws {
    try Tools.withFolder { folder in
      var header = try sourceHeader()
      let document = folder.appending(path: "sr.dcm")
      try header.set(.patientName, "Somebody^Else")
      try Data(try StructuredReportTests.write(Sample(), header: header)).write(to: document)
      let verdicts = try StructuredReportCheck.verdicts(on: [(document, Tools.sourceImage)])
      #expect(verdicts.first?.contains("BAD: PatientName") == true, "\(verdicts)")
    }
  }

  /// The shared image's header under one of the names below.
  private func namedHeader(_ index: Int) throws -> DataSet {
    var header = try sourceHeader()
    try header.set(.specificCharacterSet, Self.names[index].set)
    try header.set(.patientName, .PN, bytes: Self.names[index].bytes)
    return header
  }

  /// Patient's Name as bytes in a character set, and the same in words.
  static let names: [(set: String, bytes: [UInt8], name: String)] = [
    ("ISO_IR 6", Array("Doe^Jane".utf8), "Doe^Jane"),
    (
      "ISO_IR 100", [0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x5e, 0x5a, 0x6f, 0xeb], "Müller^Zoë"
    ),
    (
      "ISO_IR 126",
      [
        0xd0, 0xe1, 0xf0, 0xe1, 0xe4, 0xfc, 0xf0, 0xef, 0xf5, 0xeb, 0xef, 0xf2, 0x5e, 0xcd, 0xdf,
        0xea, 0xef, 0xf2,
      ], "Παπαδόπουλος^Νίκος"
    ),
    (
      "GB18030",
      Array("Wang^XiaoDong=".utf8) + [0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab],
      "Wang^XiaoDong=王^小东"
    ),
    ("ISO_IR 192", Array("Wang^XiaoDong=王^小东".utf8), "Wang^XiaoDong=王^小东"),
  ]

  @Test(
    "a name in any alphabet arrives letter by letter, and every validator reads it",
    .enabled(
      if: Tools.hasSource && Tools.hasValidators,
      "SECONDLOOK_CONFORMANCE, dciodvfy or dsrdump is not there"),
    arguments: names.indices)
  func alphabets(index: Int) throws {
    try withDocument(.signed, header: try namedHeader(index)) { document in
      let written = try DICOMFile.read(try Data(contentsOf: URL(filePath: document))).dataSet
      #expect(written.string(.patientName) == Self.names[index].name)
      #expect(written.string(.specificCharacterSet) == "ISO_IR 192")
      try expectValid(document)
    }
  }

  @Test(
    "a name no document may hold is written without control characters and cut to 64",
    .enabled(if: Tools.hasValidators, "dciodvfy or dsrdump is not installed"))
  func illegalNames() throws {
    var header = try StructuredReportTests.header()
    let long = String(repeating: "a", count: 40) + "^" + String(repeating: "b", count: 40)
    let marked = String(repeating: "Ä", count: 70)
    let illegal: [(name: String, written: String)] = [
      ("Doe^Ja\u{7}ne\u{1b}[31m", "Doe^Jane[31m"), (long, String(long.prefix(64))),
      ("Wang=\(marked)=\(long)", "Wang=\(marked.prefix(64))=\(long.prefix(64))"),
    ]
    for (name, written) in illegal {
      try header.set(.patientName, .PN, bytes: Array(name.utf8))
      try header.set(.specificCharacterSet, "ISO_IR 192")
      try withDocument(.signed, header: header) { document in
        let file = try DICOMFile.read(try Data(contentsOf: URL(filePath: document))).dataSet
        #expect(file.string(.patientName) == written)
        // dciodvfy counts the bytes of all spellings; the standard, characters of each.
        if written.utf8.count <= 64 { try expectValid(document) }
      }
    }
  }

  @Test(
    "the document belongs to the same patient and study as its image",
    .enabled(
      if: Tools.hasSource && FileManager.default.isExecutableFile(atPath: "/usr/bin/dcentvfy"),
      "SECONDLOOK_CONFORMANCE or dcentvfy is not there"))
  func sameEntity() throws {
    try withDocument(.signed, header: try sourceHeader()) { document in
      let outcome = try Tools.run("/usr/bin/dcentvfy", [Tools.sourceImage.path, document])
      #expect(!outcome.output.contains("Error"), "\(outcome.output)")
    }
  }
}

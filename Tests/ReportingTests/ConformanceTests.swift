import DICOM
import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("Documents and what others say of them")
struct ConformanceTests {
  /// Writes an image and every kind of document on it into a folder.
  private func write(_ form: Form, under name: PatientName, into folder: URL) throws -> [URL] {
    let header = try name.set(in: try sourceHeader())
    try Data(try DICOMFile(header).write()).write(to: folder.appending(path: "source.dcm"))
    return try form.kinds.map { kind in
      let document = folder.appending(path: "\(form.rawValue)-\(kind.rawValue).dcm")
      try Data(try form.write(try kind.sample(), kind, header: header)).write(to: document)
      return document
    }
  }

  /// The shared image's header, without its pixels.
  private func sourceHeader() throws -> DataSet {
    var header = try DICOMFile.read(try Data(contentsOf: Tools.sourceImage)).dataSet
    header[.pixelData] = nil
    return header
  }

  private func expectValid(_ document: String, _ form: Form) throws {
    let verify = try Tools.run("/usr/bin/dciodvfy", [document])
    #expect(verify.status == 0, "\(verify.output)")
    #expect(!verify.output.contains("Error"), "\(verify.output)")
    if form == .gsps {
      // DCMTK 3.6.7 knows letters of one byte only.
      let bytes = try Data(contentsOf: URL(filePath: document))
      guard let name = try DICOMFile.read(bytes).dataSet.string(.patientName),
        name.utf8.allSatisfy({ $0 < 0x80 })
      else { return }
      let check = try Tools.run("/usr/bin/dcmpschk", [document])
      #expect(check.output.hasSuffix("Test passed.\n"), "\(check.output)")
    }
    guard let title = form.title else { return }
    let dump = try Tools.run("/usr/bin/dsrdump", [document])
    #expect(dump.status == 0, "\(dump.output)")
    // DCMTK 3.6.7 says so of every UTF-8 file with letters beyond ASCII, and of every key object
    // selection: no fault of ours.
    let known = [
      "W: The VR checker does not support this Specific Character Set: ISO_IR 192\n",
      "W: Check for template constraints not yet supported\n",
    ]
    let output = known.reduce(dump.output) { $0.replacingOccurrences(of: $1, with: "") }
    #expect(!output.contains("E: ") && !output.contains("W: "), "\(output)")
    #expect(output.hasPrefix(title), "\(output)")
  }

  @Test(
    "every kind of report under a name in any alphabet passes dciodvfy, dcentvfy and DCMTK",
    .enabled(
      if: Tools.hasSource && Tools.hasValidators,
      "SECONDLOOK_CONFORMANCE, dicom3tools or DCMTK is not there"),
    arguments: Form.allCases, PatientName.samples)
  func validators(form: Form, name: PatientName) throws {
    try Tools.withFolder { folder in
      let documents = try write(form, under: name, into: folder)
      for document in documents { try expectValid(document.path, form) }
      // All at once: the objects agree with the image and with each other on what they share.
      // The tool compares bytes, so the image has to be in the alphabet of the documents.
      var image = try sourceHeader()
      try image.set(.specificCharacterSet, "ISO_IR 192")
      try image.set(.patientName, name.words)
      let all = [folder.appending(path: "image.dcm")] + documents
      try Data(try DICOMFile(image).write()).write(to: all[0])
      let entities = try Tools.run("/usr/bin/dcentvfy", all.map(\.path))
      #expect(!entities.output.contains("Error"), "\(entities.output)")
    }
  }

  @Test(
    "check_sr.py accepts any kind of document under a name in any alphabet",
    .enabled(
      if: Tools.hasSource && Tools.python != nil,
      "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func checked() throws {
    try Tools.withFolder { folder in
      var pairs: [(document: URL, source: URL)] = []
      for (index, name) in PatientName.samples.enumerated() {
        let place = folder.appending(path: "\(index)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let source = place.appending(path: "source.dcm")
        pairs += try write(.sr, under: name, into: place).map { ($0, source) }
      }
      for (pair, verdict) in zip(pairs, try StructuredReportCheck.verdicts(on: pairs)) {
        #expect(verdict.hasSuffix("OK"), "\(pair.document.lastPathComponent): \(verdict)")
      }
    }
  }

  @Test(
    "pydicom and highdicom read the same regions and the same key images",
    .enabled(
      if: Tools.hasSource && Tools.python != nil,
      "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func readBack() throws {
    try Tools.withFolder { folder in
      let documents =
        try write(.gsps, under: PatientName.samples[1], into: folder)
        + write(.kos, under: PatientName.samples[1], into: folder)
      let read = try ImageObjectCheck.read(documents)
      #expect(read.count == documents.count)
      for (index, kind) in (Form.gsps.kinds + Form.kos.kinds).enumerated() where index < read.count
      {
        let findings = try kind.sample().dossier().shownFindings
        #expect(read[index].images == [Sample.image])
        guard index < Form.gsps.kinds.count else { continue }
        let drawn = read[index].regions.reduce(into: [:]) { $0[$1.uid] = $1.points }
        #expect(Set(drawn.keys) == Set(findings.map(\.trackingUID)))
        for finding in findings {
          let region = try #require(finding.region.clipped(columns: 512, rows: 512))
          #expect(
            drawn[finding.trackingUID] == [
              region.x0, region.y0, region.x1, region.y0, region.x1, region.y1, region.x0,
              region.y1, region.x0, region.y0,
            ])
        }
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

  @Test("a name in any alphabet arrives letter by letter", arguments: PatientName.samples)
  func alphabets(name: PatientName) throws {
    let header = try name.set(in: try StructuredReportTests.header())
    for form in Form.allCases {
      let bytes = try form.write(try Kind.signed.sample(), .signed, header: header)
      let written = try DICOMFile.read(bytes).dataSet
      #expect(written.string(.patientName) == name.words)
      #expect(written.string(.specificCharacterSet) == "ISO_IR 192")
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
      let bytes = try Form.sr.write(try Kind.signed.sample(), .signed, header: header)
      #expect(try DICOMFile.read(bytes).dataSet.string(.patientName) == written)
      // dciodvfy counts the bytes of all spellings; the standard, characters of each.
      guard written.utf8.count <= 64 else { continue }
      try Tools.withFolder { folder in
        let document = folder.appending(path: "sr.dcm")
        try Data(bytes).write(to: document)
        try expectValid(document.path, .sr)
      }
    }
  }
}

import DICOM
import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite("Documents read as text")
struct ReadDocumentTests {
  private func shared(_ name: String) throws -> ReadDocument {
    let file = SharedFiles.dicom.appending(path: name)
    return ReadDocument(try DICOMFile.read(try Data(contentsOf: file)).dataSet)
  }

  @Test("our own report is its sections, its findings and who verified it")
  func own() throws {
    let text = ReadDocument(try Form.sr.document(.signed)).text
    #expect(text.hasPrefix("Imaging Measurement Report\n"))
    for words in [
      "Examination: 2026-11-23, Chest PA", "Written: 2026-11-23 13:29, Example Hospital",
      "Verified by Reader, Ada, 2026-11-23", "Tracking Identifier: R3", "Finding: Abnormal",
      "Certainty of Finding: 41 %", "Impression",
    ] { #expect(text.contains(words), "\(words)") }
    // What programs need is not for people.
    #expect(!text.contains("2.25.") && !text.contains("POLYLINE") && !text.contains("Pixel Data"))
    let preliminary = ReadDocument(try Form.sr.document(.preliminary))
    #expect(preliminary.facts.contains("Not verified by anybody, preliminary"))
  }

  @Test(
    "TID 1500 of another maker is read",
    .enabled(if: Tools.hasSource, "SECONDLOOK_CONFORMANCE is not there"))
  func others() throws {
    let file = Tools.conformance.appending(path: "golden_sr.dcm")
    let document = ReadDocument(try DICOMFile.read(try Data(contentsOf: file)).dataSet)
    #expect(document.title == "Imaging Measurement Report")
    #expect(document.lines.contains("    Finding: Abnormal opacity"))
    #expect(document.lines.contains("      Laterality: Right"))
    #expect(document.text.contains("CAD Processing and Findings Summary: All algorithms succeeded"))
  }

  @Test(
    "Basic Text reports are read",
    .enabled(if: SharedFiles.hasDICOM, "SECONDLOOK_DATA is not there"),
    arguments: [
      "reportsi-59ca5f.dcm", "reportsi_with_empty_number_tags-fd8a8a.dcm",
      "no-pixel-data-4e4f5e.dcm",
    ])
  func kinds(name: String) throws {
    let document = try shared(name)
    #expect(!document.title.isEmpty)
    #expect(document.lines.count { $0.contains(": ") } > 2, "\(document.text)")
  }

  @Test("a presentation state is what it writes on images; key images are their description")
  func imageObjects() throws {
    let state = ReadDocument(try Form.gsps.document(.signed))
    #expect(state.lines.contains("R1 41% AI, reader agrees"))
    let selection = ReadDocument(try Form.kos.document(.signed))
    #expect(selection.title == "Of Interest")
    #expect(selection.text.contains("Key Object Description:"))
  }

  @Test("what has no words says so, and a packed document names its type")
  func wordless() throws {
    var object = DataSet()
    try object.set(.modality, "REG")
    #expect(ReadDocument(object).lines == ["Nothing in here can be read as text."])
    try object.set(.modality, "PR")
    #expect(
      ReadDocument(object).lines == ["It changes how images are shown, and has no words."])
    try object.set(.modality, "DOC")
    try object.set(.documentTitle, "Letter")
    try object.set(.mimeTypeOfEncapsulatedDocument, "application/pdf")
    try object.set(.encapsulatedDocument, .OB, bytes: [1, 2])
    let letter = ReadDocument(object)
    #expect(letter.title == "Letter" && letter.text.contains("application/pdf"))
  }

  @Test("nothing in it commands a terminal, and no tree is too deep or too long")
  func hostile() throws {
    func item(_ text: String, _ children: [DataSet] = []) throws -> DataSet {
      var item = DataSet()
      try item.set(.valueType, "TEXT")
      try item.set(.textValue, .UT, bytes: Array(text.utf8))
      item.set(.contentSequence, items: children)
      return item
    }
    var nested = try item("innermost")
    for _ in 0..<60 { nested = try item("a\u{1b}[2Jb", [nested]) }
    var document = DataSet()
    document.set(.contentSequence, items: [nested])
    let deep = ReadDocument(document)
    #expect(deep.text.contains("The document goes on"))
    #expect(!deep.text.contains("\u{1b}") && !deep.text.contains("innermost"))

    let long = String(repeating: "word\n", count: 20_000)
    document.set(.contentSequence, items: [try item(long), try item("after")])
    let cut = ReadDocument(document)
    #expect(cut.lines.count < ContentReading.mostLines + 10)
    #expect(cut.text.contains("The document goes on"))
  }

  @Test("a number without a value says why, and one without a unit stands alone")
  func numbers() throws {
    var number = DataSet()
    try number.set(.valueType, "NUM")
    var document = DataSet()
    document.set(.contentSequence, items: [number])
    #expect(ReadDocument(document).lines == ["not measured"])
    var measured = DataSet()
    try measured.set(.numericValue, "3")
    number.set(.measuredValueSequence, items: [measured])
    document.set(.contentSequence, items: [number])
    #expect(ReadDocument(document).lines == ["3"])
  }
}

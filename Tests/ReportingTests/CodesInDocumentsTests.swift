import DICOM
import Foundation
import Testing

@testable import Reporting

/// A code as it stands in the bytes of a document, in whatever format.
struct WrittenCode: Hashable {
  let designator: String
  let value: String
  let meaning: String
}

/// Every code that a document of this program may hold, read from the table without its reader.
struct AllowedCodes {
  let codes: Set<WrittenCode>

  init() throws {
    let lines = try CodeTableTests.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
    codes = Set(
      lines.dropFirst().map { line in
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        return WrittenCode(
          designator: String(fields[1]), value: String(fields[2]), meaning: String(fields[3]))
      })
  }

  /// The codes of a document that are no row of the table.
  func unknown(in written: [WrittenCode]) -> [WrittenCode] {
    written.filter { !codes.contains($0) }
  }
}

@Suite("Codes in documents")
struct CodesInDocumentsTests {
  @Test("every code in the bytes of a document is a row of the table", arguments: Form.allCases)
  func rows(form: Form) throws {
    let allowed = try AllowedCodes()
    var count = 0
    for kind in form.kinds {
      let written = try form.document(kind).writtenCodes
      #expect(allowed.unknown(in: written) == [], "\(kind)")
      count += written.count
    }
    // A presentation state and an image have pictures and words, no codes.
    #expect((count > 0) == (form.title != nil))
  }

  @Test("the test above would see the code of adenocarcinoma under the meaning of normal")
  func wrongCode() throws {
    let wrong = WrittenCode(designator: "SCT", value: "35917007", meaning: "Normal")
    var document = try Form.sr.document(.normal)
    var item = DataSet()
    try item.set(.codingSchemeDesignator, wrong.designator)
    try item.set(.codeValue, wrong.value)
    try item.set(.codeMeaning, wrong.meaning)
    document.set(.procedureCodeSequence, items: [item])
    #expect(try AllowedCodes().unknown(in: document.writtenCodes) == [wrong])
  }

  @Test("no document can be built with a wrong code: a table that has one makes no documents")
  func impossible() throws {
    // A document says concepts, never codes, and only a table turns a concept into a code. So a
    // wrong code has to be in the table; whichever row it is in, there is no table then.
    let text = try CodeTableTests.text()
    let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
    for row in rows {
      var fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      (fields[1], fields[2]) = ("SCT", "35917007")
      let wrong = text.replacingOccurrences(
        of: row + "\n", with: fields.joined(separator: "\t") + "\n")
      #expect(wrong != text)
      #expect {
        try CodeTable(parsing: wrong)
      } throws: { error in
        if case .codeTableUnreviewed? = error as? ReportingError { true } else { false }
      }
    }
  }
}

extension DataSet {
  /// All items with a code value, at any depth.
  var writtenCodes: [WrittenCode] {
    var codes: [WrittenCode] = []
    if let value = string(.codeValue) {
      codes.append(
        WrittenCode(
          designator: string(.codingSchemeDesignator) ?? "", value: value,
          meaning: string(.codeMeaning) ?? ""))
    }
    for element in elements {
      for item in items(element.tag) { codes += item.writtenCodes }
    }
    return codes
  }
}

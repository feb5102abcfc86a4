import Foundation
import Testing

@testable import Radiology

@Suite("Tables as spreadsheets read them")
struct CommaSeparatedTests {
  @Test("what is written is read again, with commas, quotes and line breaks in it")
  func roundTrip() {
    let records = [["a", "b, c", "d \"e\""], ["", "f\r\ng", "h\ni"], ["1.5", "王", " "]]
    let text = CommaSeparated.text(records)
    #expect(text.hasPrefix("a,\"b, c\",\"d \"\"e\"\"\"\r\n"))
    #expect(CommaSeparated.records(text) == records)
  }

  @Test(
    "no cell is a formula",
    arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\r\n@x", "＝1"])
  func formulas(cell: String) {
    let read = CommaSeparated.records(CommaSeparated.text([[cell, "x"]]))
    #expect(read == [["'" + cell, "x"]])
  }

  @Test("a quote with a mark over it is a quote all the same")
  func combined() {
    let bytes = Array(CommaSeparated.text([["x\"\u{301},=1+1"]]).utf8)
    #expect(bytes == Array("\"x\"".utf8) + Array("\"".utf8) + Array("\u{301},=1+1\"\r\n".utf8))
  }

  @Test("a row of the worklist has a cell for each column, and what is not known is empty")
  func worklist() throws {
    let patient = Patient(identifier: "4711", name: "=DOE^JANE", fallback: "")
    let study = Study(
      uid: "1.2.3", patient: patient.id, accession: "A,1",
      arrived: Date(timeIntervalSince1970: 1_795_440_240))
    let row = WorklistRow(
      study: study, patient: patient,
      triage: Triage(
        study: "1.2.3", probability: 0.81, threshold: 0.12, findings: [], model: "9f2c",
        made: Date(timeIntervalSince1970: 1_795_440_300)),
      review: nil, state: .unread, instances: 2, readable: 1)
    let text = CommaSeparated.text([WorklistRow.columns, row.cells])
    let records = CommaSeparated.records(text)
    #expect(records.map(\.count) == [WorklistRow.columns.count, WorklistRow.columns.count])
    let cells = Dictionary(uniqueKeysWithValues: zip(records[0], records[1]))
    #expect(cells["patient_name"] == "'=DOE^JANE" && cells["accession"] == "A,1")
    #expect(cells["class"] == "suspicious" && cells["probability"] == "0.81")
    #expect(cells["judged"] == "2026-11-23T13:25:00Z" && cells["arrived"] == "2026-11-23T13:24:00Z")
    #expect(cells["signed"] == "" && cells["call"] == "" && cells["expected"] == "")
  }
}

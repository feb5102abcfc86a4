import Foundation
import Radiology
import Testing

@Suite struct PriorTests {
  @Test("priors have a picture, were made no later, and are listed with the newest first")
  func priors() {
    let open = row("open", "20240105")
    let rows = [
      open, row("unknown", nil), row("older", "20190101"), row("later", "20240106"),
      row("blind", "20230101", readable: 0), row("same day", "20240105"),
      row("newer", "20230101"), row("another's", "20230101", patient: "q"),
      row("no date", "1.1.23"),
    ]
    #expect(
      rows.priors(of: open).map(\.id) == ["same day", "newer", "older", "no date", "unknown"])
  }

  @Test("what has no picture may still have been written about")
  func withoutPicture() {
    let open = row("open", "20240105")
    let rows = [open, row("letter", "20230101", readable: 0), row("later", "20240106")]
    #expect(rows.earlier(than: open).map(\.id) == ["letter"])
  }

  @Test("where the day of a study is not known, every other study may be a prior")
  func unknownDay() {
    let rows = [row("later", "20240106"), row("older", "20190101")]
    #expect(rows.priors(of: row("open", nil)).map(\.id) == ["later", "older"])
  }

  private func row(_ uid: String, _ date: String?, readable: Int = 1, patient: String = "p")
    -> WorklistRow
  {
    let moment = Date(timeIntervalSince1970: 0)
    return WorklistRow(
      study: Study(uid: uid, patient: patient, date: date, arrived: moment),
      patient: Patient(identifier: patient, name: "", fallback: uid), triage: nil, review: nil,
      state: .unread, instances: 1, readable: readable)
  }
}

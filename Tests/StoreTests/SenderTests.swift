import Foundation
import Radiology
import Store
import Testing

@Suite struct SenderTests {
  let store: Store
  init() throws { store = try Store() }

  @Test("the log names who sent an object, and who took it where somebody did")
  func sender() throws {
    let sample = intake()
    let sent = Store.Intake(
      patient: sample.patient, study: sample.study, series: sample.series,
      instances: [
        Instance(
          uid: "1.2.3.1.1", series: "1.2.3.1", study: "1.2.3", format: .dicom, digest: "a",
          bytes: 1, refusal: "The file is cut off.", source: "DCMSEND")
      ])
    try store.save(sent)
    #expect(Set(try store.audit().filter { $0.kind != .triaged }.map(\.actor)) == ["DCMSEND"])
    try store.save(intake("1.7"), by: "Dr Osei", at: noon)
    #expect(try store.audit(limit: 1)[0].actor == "Dr Osei")
  }
}

import Foundation
import Radiology
import Store
import Testing

@testable import Agent

@Suite struct LearnStageTests {
  let store: Store
  let noon = Date(timeIntervalSinceReferenceDate: 800_000_000)

  init() throws {
    store = try Store()
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "")
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(uid: "1.2.3", patient: patient.id, arrived: noon, consent: .given),
        series: [Series(uid: "1.2.3.1", study: "1.2.3")],
        instances: [
          Instance(
            uid: "1.2.3.1.1", series: "1.2.3.1", study: "1.2.3", format: .dicom, digest: "a",
            bytes: 1)
        ]))
  }

  private func learning(at date: Date) -> LearnStage { LearnStage(store: store, now: { date }) }

  private func review(_ call: Call) -> Review {
    Review(
      study: "1.2.3", reader: "Dr Osei", call: call, findings: [], model: nil, started: noon)
  }

  private func report(_ state: Report.State = .draft) -> Report {
    Report(
      study: "1.2.3", state: state,
      sections: [Report.Section(key: "impression", title: "Impression", text: "Clear.")],
      author: "Dr Osei", changed: noon)
  }

  @Test("a patient is in the same part every day, and every part has patients")
  func parts() {
    let parts = (0..<200).map { LearnStage.part(of: "patient \($0)") }
    #expect(parts == (0..<200).map { LearnStage.part(of: "patient \($0)") })
    #expect(Set(parts) == Set(Lesson.Part.allCases))
  }

  @Test("what was signed teaches, not the addendum somebody is still writing")
  func addendum() async throws {
    try store.sign(report(), review: review(.suspicious), by: "Dr Osei", at: noon)
    try store.saveDraft(report(.addendum))
    try store.save(review(.normal), over: review(.suspicious))
    #expect(try await learning(at: noon + 60).drain() == 1)
    #expect(try store.lessons().map(\.isSuspicious) == [true])
    try store.sign(report(.addendum), review: review(.normal), by: "Dr Osei", at: noon + 90)
    #expect(try await learning(at: noon + 120).drain() == 1)
    #expect(try store.lessons().map(\.isSuspicious) == [false])
  }

  @Test("a clock that was set back makes no lesson twice")
  func clock() async throws {
    try store.sign(report(), review: review(.normal), by: "Dr Osei", at: noon)
    let stage = learning(at: noon - 3_600)
    #expect(try await stage.drain() == 1)
    #expect(try await stage.drain() == 0)
    #expect(try store.audit().count { $0.kind == .lessonMade } == 1)
  }

  @Test("the log tells once of a lesson that two processes made")
  func twice() async throws {
    try store.sign(report(), review: review(.normal), by: "Dr Osei", at: noon)
    _ = try await learning(at: noon).drain()
    for lesson in try store.lessons() { try store.save(lesson) }
    #expect(try store.audit().count { $0.kind == .lessonMade } == 1)
  }
}

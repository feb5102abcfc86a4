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
        ]), at: noon)
  }

  /// Another study of the patient, signed.
  private func sign(_ study: Study.ID, frames: Int = 1, caveats: [Caveat] = []) throws {
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "")
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(uid: study, patient: patient.id, arrived: noon, consent: .given),
        series: [Series(uid: "\(study).1", study: study)],
        instances: [
          Instance(
            uid: "\(study).1.1", series: "\(study).1", study: study, frames: frames,
            format: .dicom, digest: study, bytes: 1, caveats: caveats)
        ]), at: noon)
    let review = Review(
      study: study, reader: "Dr Osei", call: .normal, findings: [], model: nil, started: noon)
    let report = Report(
      study: study,
      sections: [Report.Section(key: "impression", title: "Impression", text: "Clear.")],
      author: "Dr Osei", changed: noon)
    try store.sign(report, review: review, by: "Dr Osei", at: noon)
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

  @Test("what a model must not judge teaches it nothing, and is not waited for either")
  func doubtful() async throws {
    for (place, kind) in Caveat.Kind.allCases.enumerated() {
      try sign("1.5.\(place)", caveats: [Caveat(kind, "There is something about it.")])
    }
    try sign("1.6", frames: 2)
    let teaching = Caveat.Kind.allCases.count { !$0.preventsJudging }
    #expect(try store.unlearned().count == teaching)
    #expect(try await learning(at: noon + 60).drain() == teaching)
    #expect(try store.lessons().count == teaching)
  }

  @Test("an image that came after the signature teaches nothing until an addendum is signed")
  func late() async throws {
    try store.sign(report(), review: review(.normal), by: "Dr Osei", at: noon)
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "")
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(uid: "1.2.3", patient: patient.id, arrived: noon + 60),
        series: [],
        instances: [
          Instance(
            uid: "1.2.3.1.2", series: "1.2.3.1", study: "1.2.3", format: .dicom, digest: "b",
            bytes: 1)
        ]), at: noon + 60)
    #expect(try await learning(at: noon + 120).drain() == 1)
    #expect(try store.lessons().map(\.instance) == ["1.2.3.1.1"])
    #expect(try await learning(at: noon + 180).drain() == 0)
    try store.sign(
      report(.addendum), review: review(.suspicious), over: review(.normal), by: "Dr Osei",
      at: noon + 240)
    #expect(try await learning(at: noon + 300).drain() == 1)
    #expect(try store.lessons().map(\.instance) == ["1.2.3.1.1", "1.2.3.1.2"])
  }

  @Test("what two readers dispute counts half, and what a third decided is the truth")
  func arbitration() async throws {
    let rules = ReadingRules(secondLookAbove: 0)
    try store.save(
      Triage(
        study: "1.2.3", probability: 0.9, threshold: 0.5, findings: [], model: "m", made: noon))
    var asked = report()
    asked.acknowledged = ["The model calls this study suspicious and you call it normal"]
    try store.sign(asked, review: review(.normal), under: rules, by: "Dr Osei", at: noon)
    #expect(try await learning(at: noon + 10).drain() == 1)
    #expect(try store.lessons().map(\.weight) == [1])
    try store.save(
      SecondLook.Reading(
        reader: "Dr Patel", call: .suspicious, score: .usual, isBlind: true, at: noon + 20),
      of: "1.2.3", under: rules)
    #expect(try await learning(at: noon + 30).drain() == 1)
    #expect(try store.lessons().map(\.weight) == [0.5])
    #expect(try store.lessons().map(\.isSuspicious) == [false])
    try store.save(
      SecondLook.Decision(reader: "Dr Kim", call: .suspicious, at: noon + 40), of: "1.2.3")
    // A clock that was set back makes no lesson again and again.
    #expect(try await learning(at: noon - 3600).drain() == 1)
    let lesson = try #require(try store.lessons().first)
    #expect(lesson.isSuspicious && lesson.weight == 1 && lesson.teacher == "Dr Kim")
    #expect(try await learning(at: noon - 3600).drain() == 0)
  }
}

import Foundation
import Radiology
import Store
import Testing

@Suite("Models beside the active one")
struct TrialsTests {
  let store: Store

  init() throws {
    store = try Store()
    try store.save(model("a"))
    try store.promote("a", by: "Dr Osei", at: noon)
    try store.save(model("b", made: noon + 1))
  }

  private func trial(
    of id: String = "b", against: String = "a", _ verdict: ModelTrial.Verdict
  ) -> ModelTrial {
    ModelTrial(
      model: id, against: against, made: noon + 2, lessons: 80,
      checks: [
        ModelTrial.Check(
          name: "AUROC", verdict: verdict, candidate: 0.9, active: 0.8, low: -0.01, high: 0.2,
          cases: 80, suspicious: 40, reason: "So it is.")
      ])
  }

  @Test("a candidate that passed may sort the worklist, and its figures stay")
  func passed() throws {
    try store.save(trial(.passed))
    try store.promote("b", despite: nil, by: "Ada", at: noon + 3)
    #expect(try store.activeModel()?.id == "b")
    #expect(try store.trial(of: "b") == trial(.passed))
    #expect(try store.trials() == ["b": trial(.passed)])
  }

  @Test("one that was not tried, or only beside another model, may not")
  func untried() throws {
    #expect(throws: StoreError.notPassed(nil)) {
      try store.promote("b", despite: nil, by: "Ada", at: noon)
    }
    try store.save(trial(against: "before", .passed))
    #expect(throws: StoreError.notPassed(nil)) {
      try store.promote("b", despite: nil, by: "Ada", at: noon)
    }
    #expect(try store.activeModel()?.id == "a")
  }

  @Test("where it cannot be told somebody says why it is wanted, and the log has it")
  func despite() throws {
    try store.save(trial(.undecided))
    #expect(throws: StoreError.notPassed(.undecided)) {
      try store.promote("b", despite: nil, by: "Ada", at: noon)
    }
    #expect(throws: StoreError.noReason) {
      try store.promote("b", despite: " ", by: "Ada", at: noon)
    }
    try store.promote("b", despite: "no frozen images yet", by: "Ada", at: noon)
    #expect(try store.activeModel()?.id == "b")
    #expect(
      try store.audit().contains {
        $0.kind == .modelTried && $0.actor == "Ada" && $0.detail.hasSuffix("no frozen images yet")
      })
  }

  @Test("one that failed is rejected with its figures, and never sorts anything")
  func failed() throws {
    try store.save(trial(.failed))
    #expect(try store.model("b")?.state == .rejected)
    #expect(try store.model("b")?.decidedBy == "gate")
    #expect(try store.trial(of: "b")?.checks.count == 1)
    #expect(throws: StoreError.rejectedModel) {
      try store.promote("b", despite: "all the same", by: "Ada", at: noon)
    }
    // Nothing changes the figures afterwards.
    try store.save(trial(.passed))
    #expect(try store.trial(of: "b") == trial(.failed))
  }

  @Test("a retired model comes back untried, and a first one has nothing to be tried beside")
  func retired() throws {
    try store.promote("b", despite: "try it", by: "Ada", at: noon + 4)
    try store.promote("a", despite: nil, by: "Ada", at: noon + 5)
    #expect(try store.activeModel()?.id == "a")
    let empty = try Store()
    try empty.save(model("x"))
    try empty.promote("x", despite: nil, by: "Ada", at: noon)
    #expect(try empty.activeModel()?.id == "x")
  }

  @Test("a candidate looks at what the active model judged, once, and both are counted")
  func shadows() throws {
    for (number, probability) in [0.1, 0.9, 0.8].enumerated() {
      try store.save(intake("1.\(number)", arrived: noon + Double(number)))
      try store.save(triage("1.\(number)", probability: probability, model: "a"))
    }
    try store.save(intake("1.7"))
    let waiting = try store.unshadowed(by: "b", since: noon + 1, limit: 9).map(\.uid)
    #expect(waiting == ["1.2", "1.1"])
    for study in waiting {
      try store.save(
        ShadowReading(
          study: study, model: "b", triageClass: study == "1.1" ? .suspicious : .normal,
          probability: 0.5, made: noon))
    }
    #expect(try store.unshadowed(by: "b", since: noon + 1, limit: 9).isEmpty)
    #expect(try store.alarms(of: "b") == (studies: 2, candidate: 1, active: 2))
    // It has no say in how they are sorted.
    #expect(try store.triage(of: "1.2")?.model == "a")
  }

  /// A study signed as this, so long after noon.
  private func sign(_ study: Study.ID, _ call: Call, at date: Date) throws {
    try store.save(intake(study))
    try store.save(triage(study, probability: 0.1, model: "a"))
    try store.sign(
      report(study), review: review(study, call: call), under: ReadingRules(sample: 0),
      by: "Dr Osei", at: date)
  }

  private func lookBack(
    _ study: Study.ID, _ triageClass: TriageClass, by model: String = "b"
  ) throws {
    try store.saveLookBack(
      ShadowReading(
        study: study, model: model, triageClass: triageClass, probability: 0.7, made: noon + 100))
  }

  @Test("signed normals are looked back at, the latest first, and only those of the days before")
  func looksBack() throws {
    try sign("1.1", .normal, at: noon + 1)
    try sign("1.2", .suspicious, at: noon + 2)
    try sign("1.3", .normal, at: noon + 3)
    try sign("1.4", .normal, at: noon + 50)
    let span = noon..<noon + 50
    #expect(try store.unlookedBack(by: "b", signed: span, limit: 9).map(\.uid) == ["1.3", "1.1"])
    // Who sorted them then has looked at them.
    #expect(try store.unlookedBack(by: "a", signed: span, limit: 9).isEmpty)
    try lookBack("1.3", .normal)
    #expect(try store.unlookedBack(by: "b", signed: span, limit: 9).map(\.uid) == ["1.1"])
    #expect(try store.secondLooks().isEmpty)
  }

  @Test("what a newer model finds waits for a second look, and once it was looked at never again")
  func finds() throws {
    try sign("1.1", .normal, at: noon + 1)
    try lookBack("1.1", .suspicious)
    let look = try #require(try store.secondLook(of: "1.1"))
    #expect(look.reason == .newerModel && look.state == .waiting && look.weight == 0.7)
    #expect(look.firstReader == "Dr Osei" && look.firstCall == .normal)
    #expect(try store.triage(of: "1.1")?.probability == 0.1)
    try store.save(
      SecondLook.Reading(
        reader: "Dr Patel", call: .normal, score: .concur, isBlind: true, at: noon + 200),
      of: "1.1", under: ReadingRules())
    try lookBack("1.1", .suspicious, by: "c")
    #expect(try store.secondLooks(in: [.waiting]).isEmpty)
  }
}

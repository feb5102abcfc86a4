import Foundation
import Radiology
import Testing

@testable import Store

@Suite("Second looks")
struct SecondLookTests {
  let store: Store
  /// No sample, so that chance has no part in it.
  let rules = ReadingRules(secondLookAbove: 0.6, sample: 0)

  init() throws { store = try Store() }

  /// A study that Dr Osei signs against or with the model.
  private func sign(
    _ study: Study.ID = "1.2.3", call: Call = .normal, probability: Double? = 0.9,
    findings: [Finding] = [], rules: ReadingRules? = nil, at date: Date = noon
  ) throws {
    try store.save(intake(study))
    if let probability {
      try store.save(triage(study, probability: probability, findings: findings))
    }
    var draft = report(study)
    let review = review(study, call: call)
    let rules = rules ?? self.rules
    let images = try #require(try store.row(study)).completeness(at: date)
    let asked = SigningGuard(
      review: review, report: draft, triage: try store.triage(of: study), images: images,
      by: "Dr Osei", under: rules)
    draft.acknowledged = asked.questions.map(\.text)
    try store.sign(draft, review: review, under: rules, by: "Dr Osei", at: date)
  }

  private func reading(
    _ call: Call, _ score: Radpeer, by reader: String = "Dr Patel"
  ) -> SecondLook.Reading {
    SecondLook.Reading(reader: reader, call: call, score: score, isBlind: true, at: noon + 60)
  }

  @Test(
    "normal against a suspicious model waits from the department's weight on",
    arguments: [
      (Call.normal, 0.6, true), (.normal, 0.59, false), (.suspicious, 0.9, false),
      (.normal, 0.2, false),
    ])
  func discordance(call: Call, probability: Double, waits: Bool) throws {
    try sign(call: call, probability: probability)
    let looks = try store.secondLooks()
    #expect(looks.map(\.reason) == (waits ? [.discordance] : []))
    #expect(try store.row("1.2.3")?.secondLook == (waits ? .waiting : nil))
    if waits {
      #expect(looks[0].weight == probability && looks[0].firstReader == "Dr Osei")
      #expect(
        try store.audit(limit: 1)[0].detail == "Waiting: normal against the model, weight 0.60")
    }
  }

  @Test("what no model judged is no ruled-out normal, and no discordance either")
  func unjudged() throws {
    try sign(probability: nil, rules: ReadingRules(secondLookAbove: 0, sample: 1))
    #expect(try store.secondLooks().isEmpty)
  }

  @Test("the sample is of normals without a region, the same ones every time, and of its share")
  func sample() throws {
    let picked = (0..<2000).filter { Store.isPicked("1.2.\($0)", share: 0.1) }
    #expect(picked == (0..<2000).filter { Store.isPicked("1.2.\($0)", share: 0.1) })
    #expect((150...250).contains(picked.count))
    #expect(!Store.isPicked("1.2.3", share: 0) && Store.isPicked("1.2.3", share: 1))
    let all = ReadingRules(sample: 1)
    try sign("1.5", probability: 0.1, rules: all)
    try sign("1.6", probability: 0.1, findings: [try finding(of: "1.6")], rules: all)
    #expect(try store.secondLooks().map(\.study) == ["1.5"])
    #expect(try store.secondLooks().map(\.reason) == [.sample])
  }

  @Test("the queue is ranked by weight, and images nobody has seen come first")
  func ranked() throws {
    try sign("1.1", probability: 0.7, at: noon)
    try sign("1.2", probability: 0.9, at: noon + 1)
    try sign("1.3", call: .suspicious, at: noon + 2)
    try store.save(intake("1.3", images: 2, digest: "a"), at: noon + 90)
    #expect(try store.secondLooks(in: [.waiting]).map(\.study) == ["1.3", "1.2", "1.1"])
    #expect(try store.secondLook(of: "1.3")?.reason == .late)
  }

  @Test("an addendum answers images that came late; more of them ask again")
  func late() throws {
    try sign(call: .suspicious)
    try store.save(intake(images: 2), at: noon + 5)
    try store.save(intake(images: 3), at: noon + 6)
    #expect(try store.secondLooks(in: [.waiting]).count == 1)
    let signed = try #require(try store.signedReport(of: "1.2.3"))
    try store.sign(
      addendum(to: signed, "The new image adds nothing."), review: review(), under: rules,
      by: "Dr Osei", at: noon + 10)
    #expect(try store.secondLook(of: "1.2.3")?.closedBecause == "an addendum was signed")
    try store.save(intake(images: 4), at: noon + 20)
    #expect(try store.secondLooks(in: [.waiting]).count == 1)
    #expect(try store.secondLooks().count == 2)
  }

  @Test("whoever signed or reviewed a study is no second reader of it, however they are written")
  func own() throws {
    try sign()
    for name in ["Dr Osei", "dr  osei "] {
      #expect(throws: StoreError.readBefore) {
        try store.save(reading(.normal, .concur, by: name), of: "1.2.3", under: rules)
      }
    }
    #expect(throws: StoreError.nobodySigns) {
      try store.save(reading(.normal, .concur, by: " "), of: "1.2.3", under: rules)
    }
    #expect(try store.secondLook(of: "1.2.3")?.state == .waiting)
  }

  @Test(
    "concurrence agrees; a usual or obvious finding that was missed, or another call, needs a third",
    arguments: [
      (Call.normal, Radpeer.concur, SecondLook.State.agreed), (.normal, .rare, .agreed),
      (.normal, .usual, .arbitration), (.suspicious, .rare, .arbitration),
      (.suspicious, .obviousGrave, .arbitration),
    ])
  func outcome(call: Call, score: Radpeer, state: SecondLook.State) throws {
    try sign()
    #expect(
      try store.save(reading(call, score), of: "1.2.3", under: rules).state == state)
    #expect(try store.row("1.2.3")?.secondLook == state)
    #expect(try store.audit(limit: 1)[0].actor == "Dr Patel")
    #expect(throws: StoreError.notWaiting) {
      try store.save(reading(call, score, by: "Dr Kim"), of: "1.2.3", under: rules)
    }
  }

  @Test("a disagreement below the department's weight is closed and says so")
  func lightly() throws {
    try sign()
    let rules = ReadingRules(arbitrateAbove: 0.95)
    let look = try store.save(reading(.suspicious, .rare), of: "1.2.3", under: rules)
    #expect(look.state == .closed && look.closedBecause?.contains("below the weight") == true)
  }

  @Test("nobody concurs with another call")
  func contradiction() throws {
    try sign()
    #expect(throws: StoreError.scoreContradicts) {
      try store.save(reading(.suspicious, .concur), of: "1.2.3", under: rules)
    }
  }

  @Test("a third reader, who is neither of the two, decides; what differs suggests an addendum")
  func arbitration() throws {
    try sign()
    try store.save(reading(.suspicious, .usualGrave), of: "1.2.3", under: rules)
    func decide(_ call: Call, by reader: String) throws -> SecondLook {
      try store.save(
        SecondLook.Decision(reader: reader, call: call, at: noon + 120), of: "1.2.3")
    }
    for reader in ["Dr Osei", "Dr Patel"] {
      #expect(throws: StoreError.readBefore) { try decide(.normal, by: reader) }
    }
    let look = try decide(.suspicious, by: "Dr Kim")
    #expect(look.state == .closed && look.suggestion == .suspicious)
    #expect(try store.secondLook(of: "1.2.3") == look)
    #expect(throws: StoreError.notWaiting) { try decide(.normal, by: "Dr Lund") }
    try store.verifyAudit()
  }

  @Test("an entry can be closed unread, with a reason")
  func closed() throws {
    try sign()
    #expect(throws: StoreError.noReason) {
      try store.closeSecondLook(of: "1.2.3", because: " ", by: "Dr Kim", at: noon)
    }
    try store.closeSecondLook(of: "1.2.3", because: "a test image", by: "Dr Kim", at: noon + 9)
    #expect(try store.secondLooks(in: [.waiting]).isEmpty)
    #expect(throws: StoreError.notWaiting) {
      try store.closeSecondLook(of: "1.2.3", because: "again", by: "Dr Kim", at: noon + 9)
    }
  }

  @Test("a study that somebody else has open is not scored from here")
  func locked() throws {
    let home = TemporaryHome()
    let (ours, theirs) = (try home.open(), try home.open())
    try ours.save(intake())
    try ours.save(triage())
    var draft = report()
    draft.acknowledged = ["The model calls this study suspicious and you call it normal"]
    try ours.sign(draft, review: review(call: .normal), under: rules, by: "Dr Osei", at: noon)
    _ = try ours.claim("1.2.3", by: "Dr Patel", at: noon)
    #expect(throws: StoreError.locked(by: "Dr Patel", since: noon)) {
      try theirs.save(reading(.normal, .concur, by: "Dr Kim"), of: "1.2.3", under: rules)
    }
    try ours.save(reading(.normal, .concur), of: "1.2.3", under: rules)
  }

  @Test("figures count disagreement with the model, states, and scores by week")
  func figures() throws {
    try sign("1.1", probability: 0.9)
    try sign("1.2", probability: 0.1)
    try sign("1.3", call: .suspicious, probability: 0.9)
    try sign("1.4", probability: nil)
    try store.save(reading(.normal, .rare), of: "1.1", under: rules)
    let (judged, discordant) = try store.concordance()
    #expect(judged == 3 && discordant == 1)
    let figures = SecondLookFigures(
      of: try store.secondLooks(), judged: judged, discordant: discordant, in: .gmt)
    #expect(figures.states == ["agreed": 1] && figures.reasons == ["discordance": 1])
    #expect(figures.weeks == [SecondLookFigures.Week(week: "2026-W19", scores: ["2a": 1])])
  }
}

import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct ReportTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("a draft takes the place of the draft before")
  func draft() throws {
    try store.saveDraft(report("1.2.3", "First"))
    try store.saveDraft(report("1.2.3", "Second"))
    #expect(try store.reports(of: "1.2.3") == [report("1.2.3", "Second")])
    #expect(try store.signedReport(of: "1.2.3") == nil)
  }

  @Test("signing makes version 1, final, and the draft is gone")
  func final() throws {
    try store.saveDraft(report())
    var theirs = review()
    theirs.reader = "Dr Adeyemi"
    let signed = try store.sign(report(), review: theirs, by: "Dr Adeyemi", at: noon + 5)
    #expect(signed.version == 1)
    #expect(signed.state == .final)
    #expect(signed.signed == noon + 5)
    #expect(signed.author == "Dr Adeyemi")
    #expect(try store.reports(of: "1.2.3") == [signed])
    #expect(try store.audit(limit: 1).first?.kind == .signed)
  }

  @Test("an addendum is another version, and the first stays as it was signed")
  func addendumFollows() throws {
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let draft = addendum(to: first, "More.")
    try store.saveDraft(draft)
    #expect(try store.report(of: "1.2.3") == draft)
    #expect(try store.signedReport(of: "1.2.3") == first)
    let second = try store.sign(draft, review: review(), by: "Dr Osei", at: noon + 60)
    #expect(second.version == 2)
    #expect(second.state == .addendum)
    #expect(try store.reports(of: "1.2.3") == [first, second])
  }

  @Test("an addendum that adds nothing is not signed, and one that decides anew is")
  func emptyAddendum() throws {
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let draft = addendum(to: first, first.text(of: "impression"))
    #expect(throws: StoreError.nothingNew) {
      try store.sign(draft, review: review(), by: "Dr Osei", at: noon + 60)
    }
    #expect(try store.reports(of: "1.2.3") == [first])
    try store.saveDraft(draft)
    let changed = review(call: .normal)
    try store.save(changed, over: review())
    #expect(try store.sign(draft, review: changed, by: "Dr Osei", at: noon).version == 2)
    #expect(try store.review(of: "1.2.3", version: 1) == review())
    #expect(try store.review(of: "1.2.3", version: 2) == changed)
  }

  @Test("whoever missed the signature cannot sign or write past it")
  func race() throws {
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(throws: StoreError.signed) {
      try store.sign(report("1.2.3", "Other"), review: review(), by: "Dr B", at: noon)
    }
    #expect(throws: StoreError.signed) { try store.saveDraft(report()) }
    #expect(throws: StoreError.signed) { try store.saveDraft(first) }
    #expect(throws: StoreError.signed) {
      try store.sign(first, review: review(), by: "Dr B", at: noon)
    }
    #expect(try store.reports(of: "1.2.3") == [first])
  }

  @Test("what the guard blocks is not signed by any way in, and nothing changes")
  func blocked() throws {
    try store.saveDraft(report("1.2.3", " "))
    let log = try store.audit()
    let error = #expect(throws: StoreError.self) {
      try store.sign(report("1.2.3", " "), review: review(call: nil), by: "Dr Osei", at: noon)
    }
    guard case .blocked(let objections) = error else {
      Issue.record("blocked, not \(String(describing: error))")
      return
    }
    #expect(objections.map(\.place) == [nil, "impression"])
    #expect(throws: StoreError.nobodySigns) {
      try store.sign(report(), review: review(), by: " ", at: noon)
    }
    #expect(try store.audit() == log)
    #expect(try store.signedReport(of: "1.2.3") == nil)
    #expect(try store.review(of: "1.2.3") == nil)
  }

  @Test("a question has to be confirmed word for word, and only what was asked is recorded")
  func questions() throws {
    try store.save(triage(probability: 0.9))
    let normal = review(call: .normal, findings: [try finding()])
    var draft = report()
    let error = #expect(throws: StoreError.self) {
      try store.sign(draft, review: normal, by: "Dr Osei", at: noon)
    }
    guard case .unasked(let questions) = error else {
      Issue.record("unasked, not \(String(describing: error))")
      return
    }
    #expect(questions.count == 2)
    draft.acknowledged = ["Something older"] + questions.map(\.text)
    let signed = try store.sign(draft, review: normal, by: "Dr Osei", at: noon)
    #expect(signed.acknowledged == questions.map(\.text))
    #expect(try store.signedReport(of: "1.2.3")?.acknowledged == signed.acknowledged)
  }

  @Test("what the reader was asked and signed all the same stands in the log, word for word")
  func asked() throws {
    let normal = review(call: .normal, findings: [try finding()])
    var draft = report()
    draft.acknowledged = ["Region R1 not reviewed"]
    let unseen = Set(normal.findings.map(\.id))
    #expect(throws: StoreError.self) {
      try store.sign(draft, review: normal, unseen: unseen, by: "Dr Osei", at: noon)
    }
    draft.acknowledged = ["Region R1 was never looked at"]
    let signed = try store.sign(draft, review: normal, unseen: unseen, by: "Dr Osei", at: noon)
    #expect(signed.acknowledged == draft.acknowledged)
    #expect(
      try store.audit(limit: 1).first?.detail
        == "final, version 1, 1 confirmed: Region R1 was never looked at")
  }

  @Test("a ruled-out normal that is signed unopened says so in its version and in the log")
  func unopened() throws {
    try store.save(triage(probability: 0.1))
    #expect(try signUnopened().acknowledged == [SigningGuard.unopenedText])
    let signature = try store.audit().first { $0.kind == .signed }
    #expect(signature?.detail.hasSuffix(SigningGuard.unopenedText) == true)
  }

  @Test("what became another study after the list was shown is not signed unopened")
  func unopenedChanged() throws {
    #expect(throws: StoreError.self) { try signUnopened() }
    try store.save(triage(probability: 0.1, findings: [try finding()]))
    #expect(throws: StoreError.self) { try signUnopened() }
    try store.save(triage(probability: 0.9))
    #expect(throws: StoreError.self) { try signUnopened() }
    try store.save(triage(probability: 0.1))
    #expect(throws: StoreError.self) { try signUnopened(byHand: true) }
    for (author, changed) in [("Dr Patel", noon), ("Dr Osei", noon + 1)] {
      var draft = report()
      (draft.author, draft.changed) = (author, changed)
      try store.saveDraft(draft)
      #expect(throws: StoreError.overtaken(by: author, at: changed)) { try signUnopened() }
    }
    #expect(try store.signedReport(of: "1.2.3") == nil)
  }

  /// With what was acknowledged when the list was shown.
  private func signUnopened(byHand: Bool = false) throws -> Report {
    var report = report()
    if !byHand { report.sections[0].drafted = report.sections[0].text }
    report.acknowledged = [SigningGuard.unopenedText]
    return try store.sign(
      report, review: review(call: .normal), isUnopened: true, by: "Dr Osei", at: noon)
  }

  @Test("a triage that arrives while the reader signs is asked about")
  func lateTriage() throws {
    let normal = review(call: .normal)
    #expect(
      SigningGuard(review: normal, report: report(), triage: nil, images: whole, by: "Dr Osei")
        .objections.isEmpty)
    try store.save(triage(probability: 0.9))
    #expect(throws: StoreError.self) {
      try store.sign(report(), review: normal, by: "Dr Osei", at: noon)
    }
  }

  @Test("a report of no study is neither drafted nor signed")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try store.saveDraft(report("9.9")) }
    #expect(throws: StoreError.notFound) {
      try store.sign(report("9.9"), review: review("9.9"), by: "Dr Osei", at: noon)
    }
  }

  @Test(
    "even SQL cannot overwrite or remove what is signed",
    arguments: [
      "UPDATE report SET author = 'x'", "DELETE FROM report", "UPDATE review SET reader = 'x'",
      "INSERT OR REPLACE INTO report SELECT * FROM report", "DELETE FROM review",
      "INSERT OR REPLACE INTO review SELECT * FROM review",
    ])
  func immutable(statement: String) throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: statement) } }
    #expect(try store.reports(of: "1.2.3") == [signed])
    #expect(try store.review(of: "1.2.3") == review())
  }
}

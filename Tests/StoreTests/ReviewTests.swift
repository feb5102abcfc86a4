import Foundation
import Radiology
import Store
import Testing

@Suite struct ReviewTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("the last state of a review is the one that comes back, tracking UIDs and all")
  func saves() throws {
    let first = review(call: nil, findings: [try finding()])
    try store.save(first)
    #expect(try store.review(of: "1.2.3") == first)
    var second = first
    _ = second.mark("R1", .rejected, note: "Rib", at: noon + 1)
    second.call = .normal
    try store.save(second, over: first)
    #expect(try store.review(of: "1.2.3") == second)
  }

  @Test("the log says what was decided, once per decision and without the notes")
  func logged() throws {
    let first = review(call: nil, findings: [try finding()])
    try store.save(first)
    try store.save(first)
    var second = first
    second.call = .normal
    _ = second.mark("R1", .rejected, note: "Mrs Doe's rib", at: noon)
    try store.save(second, over: first)
    let events = try store.audit().filter { $0.kind == .reviewed }
    #expect(events.map(\.detail) == ["called normal, R1 rejected", "not called, R1 open"])
    #expect(events.allSatisfy { $0.actor == "Dr Osei" && $0.study == "1.2.3" })
  }

  @Test("what was called before the answer was shown, and what was measured, are kept and logged")
  func ownReading() throws {
    var mine = review(call: .suspicious, findings: [])
    mine.firstCall = .normal
    mine.measurements = [
      Measurement(
        name: "M1", instance: "1.2.3.1", from: (0, 0), to: (30, 40), rowSpacing: 0.143,
        columnSpacing: 0.143, scale: .imagerPixelSpacing)
    ]
    try store.save(mine)
    #expect(try store.review(of: "1.2.3") == mine)
    let events = try store.audit().filter { $0.kind == .reviewed }
    #expect(
      events.map(\.detail) == ["called suspicious, normal before the model's answer was shown"])
  }

  @Test("after signing a review can change only under an addendum")
  func locked() throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let changed = review(call: .normal)
    #expect(throws: StoreError.signed) { try store.save(changed, over: review()) }
    #expect(try store.review(of: "1.2.3") == review())
    let next = addendum(to: signed, "On second thought.")
    try store.saveDraft(next)
    try store.save(changed, over: review())
    #expect(try store.review(of: "1.2.3") == changed)
    try store.sign(next, review: changed, by: "Dr Osei", at: noon)
    #expect(throws: StoreError.signed) { try store.save(review(), over: changed) }
    #expect(try store.review(of: "1.2.3") == changed)
  }

  @Test("every signed version keeps the review it rests on")
  func versions() throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let next = addendum(to: signed, "On second thought.")
    try store.saveDraft(next)
    try store.save(review(call: .normal), over: review())
    #expect(try store.review(of: "1.2.3", version: 0) == nil)
    try store.sign(next, review: review(call: .normal), by: "Dr Osei", at: noon + 1)
    #expect(try store.review(of: "1.2.3", version: 1) == review())
    #expect(try store.review(of: "1.2.3", version: 2) == review(call: .normal))
    #expect(try store.review(of: "1.2.3", version: 3) == nil)
  }

  @Test("what somebody else decided meanwhile is not overwritten")
  func overtaken() throws {
    let first = review()
    try store.save(first)
    let theirs = Review(
      study: "1.2.3", reader: "Dr Patel", call: .normal, findings: [], model: nil, started: noon,
      changed: noon + 60)
    try store.save(theirs, over: first)
    let refusal = StoreError.overtaken(by: "Dr Patel", at: noon + 60)
    let ours = review(findings: [try finding()])
    #expect(throws: refusal) { try store.save(ours, over: first) }
    #expect(throws: refusal) {
      try store.sign(report(), review: ours, over: first, by: "Dr Osei", at: noon)
    }
    #expect(try store.review(of: "1.2.3") == theirs)
    #expect(refusal.description.contains("Dr Patel"))
  }

  @Test("a review of no study is refused")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try store.save(review("9.9")) }
  }
}

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
    try store.save(second)
    #expect(try store.review(of: "1.2.3") == second)
  }

  @Test("the log says what was decided, once per decision and without the notes")
  func logged() throws {
    var review = review(call: nil, findings: [try finding()])
    try store.save(review)
    try store.save(review)
    review.call = .normal
    _ = review.mark("R1", .rejected, note: "Mrs Doe's rib", at: noon)
    try store.save(review)
    let events = try store.audit().filter { $0.kind == .reviewed }
    #expect(events.map(\.detail) == ["called normal, R1 rejected", "not called, R1 open"])
    #expect(events.allSatisfy { $0.actor == "Dr Osei" && $0.study == "1.2.3" })
  }

  @Test("after signing a review can change only under an addendum")
  func locked() throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let changed = review(call: .normal)
    #expect(throws: StoreError.signed) { try store.save(changed) }
    #expect(try store.review(of: "1.2.3") == review())
    let next = addendum(to: signed, "On second thought.")
    try store.saveDraft(next)
    try store.save(changed)
    #expect(try store.review(of: "1.2.3") == changed)
    try store.sign(next, review: changed, by: "Dr Osei", at: noon)
    #expect(throws: StoreError.signed) { try store.save(review()) }
    #expect(try store.review(of: "1.2.3") == changed)
  }

  @Test("every signed version keeps the review it rests on")
  func versions() throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let next = addendum(to: signed, "On second thought.")
    try store.saveDraft(next)
    try store.save(review(call: .normal))
    #expect(try store.review(of: "1.2.3", version: 0) == nil)
    try store.sign(next, review: review(call: .normal), by: "Dr Osei", at: noon + 1)
    #expect(try store.review(of: "1.2.3", version: 1) == review())
    #expect(try store.review(of: "1.2.3", version: 2) == review(call: .normal))
    #expect(try store.review(of: "1.2.3", version: 3) == nil)
  }

  @Test("a review of no study is refused")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try store.save(review("9.9")) }
  }
}

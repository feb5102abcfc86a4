import Foundation
import Radiology
import Store
import Testing

@Suite struct LeaseTests {
  let home = TemporaryHome()
  let ours: Store
  let theirs: Store

  init() throws {
    ours = try home.open()
    theirs = try home.open()
    try ours.save(intake())
  }

  @Test("whoever opens a study first keeps it, and the other learns who and since when")
  func first() throws {
    let lease = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(ours.holds(lease))
    let seen = try theirs.claim("1.2.3", by: "Dr Patel", at: noon + 10)
    #expect(seen == lease)
    #expect(!theirs.holds(seen))
    try ours.release("1.2.3")
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon + 20)))
  }

  @Test("nobody else reviews, drafts or signs meanwhile; the holder does")
  func refused() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    let refusal = StoreError.locked(by: "Dr Osei", since: noon)
    #expect(throws: refusal) { try theirs.save(review()) }
    #expect(throws: refusal) { try theirs.saveDraft(report()) }
    #expect(throws: refusal) {
      try theirs.sign(report(), review: review(), by: "Dr Osei", at: noon)
    }
    #expect(refusal.description.contains("Dr Osei since 20"))
    try ours.save(review())
    try ours.saveDraft(report())
    try ours.sign(report(), review: review(), by: "Dr Osei", at: noon)
  }

  @Test("a session that says it is still there keeps the study, and a silent one loses it")
  func expires() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    try ours.renew("1.2.3", at: noon + Lease.term - 1)
    #expect(try ours.claim("1.2.3", by: "Dr Osei", at: noon + Lease.term - 1).since == noon)
    #expect(!theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon + Lease.term + 1)))
    let late = noon + 2 * Lease.term
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: late)))
    #expect(try ours.audit(limit: 1).first?.kind == .claimed)
    let lost = try ours.claim("1.2.3", by: "Dr Osei", at: late + 1)
    #expect(lost.reader == "Dr Patel")
    try ours.renew("1.2.3", at: late + 1)
    try ours.release("1.2.3")
    #expect(!ours.holds(try ours.claim("1.2.3", by: "Dr Osei", at: late + 2)))
  }

  @Test("a reader who comes back after a crash is not locked out by it")
  func sameReader() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Osei", at: noon + 1)))
  }

  @Test("a study that is not there cannot be claimed")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try ours.claim("9.9", by: "Dr Osei", at: noon) }
  }
}

import Foundation
import Radiology
import Store
import Testing

@Suite struct LeaseTests {
  let home = TemporaryHome()
  let clock = Clock()
  let ours: Store
  let theirs: Store

  init() throws {
    ours = try home.open(clock)
    theirs = try home.open(clock)
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
    clock.run(Lease.term - 1)
    #expect(try ours.renew("1.2.3"))
    clock.run(2)
    #expect(try ours.claim("1.2.3", by: "Dr Osei", at: noon + 200).since == noon)
    #expect(!theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon + 200)))
    clock.run(Lease.term)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon + 400)))
    #expect(try ours.audit(limit: 1).first?.kind == .claimed)
    #expect(try ours.claim("1.2.3", by: "Dr Osei", at: noon + 401).reader == "Dr Patel")
    #expect(try !ours.renew("1.2.3"))
    try ours.release("1.2.3")
    #expect(!ours.holds(try ours.claim("1.2.3", by: "Dr Osei", at: noon + 402)))
  }

  @Test(
    "a wall clock that jumps gives nobody a study that is being read, and locks none up",
    arguments: [-315_360_000, -3600, -181, 181, 3600, 315_360_000] as [Double])
  func jumps(seconds: Double) throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    clock.run(1)
    #expect(!theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon + seconds)))
    #expect(throws: StoreError.locked(by: "Dr Osei", since: noon)) {
      try theirs.saveDraft(report())
    }
    try ours.saveDraft(report())
    clock.run(Lease.term)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon - seconds)))
  }

  @Test("after the machine was started anew no session of before holds anything")
  func restart() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    clock.restart()
    #expect(try theirs.row("1.2.3")?.owner == nil)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Patel", at: noon)))
  }

  @Test("the worklist says who has a study open, as long as they have")
  func owner() throws {
    #expect(try theirs.worklist().map(\.owner) == [nil])
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(try theirs.worklist().map(\.owner) == [Owner(reader: "Dr Osei", since: noon)])
    #expect(try theirs.row("1.2.3")?.owner?.reader == "Dr Osei")
    clock.run(Lease.term)
    #expect(try theirs.row("1.2.3")?.owner == nil)
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    try ours.release("1.2.3")
    #expect(try theirs.row("1.2.3")?.owner == nil)
  }

  @Test("who takes a study over says why, and the one before can save no more")
  func takenOver() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(throws: StoreError.noReason) {
      try theirs.takeOver("1.2.3", by: "Dr Patel", because: " ", at: noon + 5)
    }
    try ours.saveDraft(report())
    try theirs.takeOver("1.2.3", by: "Dr Patel", because: "The patient waits", at: noon + 5)
    let lease = try #require(try ours.lease(of: "1.2.3"))
    #expect(lease.reader == "Dr Patel" && lease.reason == "The patient waits")
    let event = try #require(try ours.audit(limit: 1).first)
    #expect(event.kind == .takenOver && event.actor == "Dr Patel")
    #expect(event.detail == "From Dr Osei: The patient waits")
    let refusal = StoreError.locked(by: "Dr Patel", since: noon + 5)
    #expect(throws: refusal) { try ours.saveDraft(report("1.2.3", "Mine.")) }
    #expect(throws: refusal) { try ours.save(review()) }
    #expect(throws: refusal) {
      try ours.sign(report(), review: review(), by: "Dr Osei", at: noon)
    }
    #expect(try !ours.renew("1.2.3"))
    try theirs.saveDraft(report("1.2.3", "Theirs."))
    try ours.verifyAudit()
  }

  @Test("a session whose study went through other hands saves nothing until it opens it anew")
  func leftAgain() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    try theirs.takeOver("1.2.3", by: "Dr Patel", because: "By agreement", at: noon + 5)
    try theirs.saveDraft(report("1.2.3", "Theirs."))
    try theirs.release("1.2.3")
    #expect(throws: StoreError.claimLost) { try ours.saveDraft(report("1.2.3", "Mine.")) }
    #expect(try ours.report(of: "1.2.3")?.text(of: "impression") == "Theirs.")
    #expect(ours.holds(try ours.claim("1.2.3", by: "Dr Osei", at: noon + 9)))
    try ours.saveDraft(report("1.2.3", "Mine."))
  }

  @Test("words of a reader whose study was taken over are kept for them until thrown away")
  func setAside() throws {
    try ours.setAside(report("1.2.3", "Mine."), of: "Dr Osei")
    #expect(try theirs.setAside(of: "1.2.3", by: "Dr Osei") == report("1.2.3", "Mine."))
    #expect(try theirs.setAside(of: "1.2.3", by: "Dr Patel") == nil)
    #expect(try ours.report(of: "1.2.3") == nil)
    try ours.discardSetAside(of: "1.2.3", by: "Dr Osei")
    #expect(try ours.setAside(of: "1.2.3", by: "Dr Osei") == nil)
  }

  @Test("a reader who comes back after a crash is not locked out by it")
  func sameReader() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Osei", at: noon + 1)))
  }

  @Test("a reader's own session that runs keeps the study where it is to be spared")
  func ownSession() throws {
    _ = try ours.claim("1.2.3", by: "Dr Osei", at: noon)
    #expect(
      !theirs.holds(try theirs.claim("1.2.3", by: "Dr Osei", sparingOwn: true, at: noon + 1)))
    try ours.saveDraft(report())
    #expect(ours.holds(try ours.claim("1.2.3", by: "Dr Osei", sparingOwn: true, at: noon + 2)))
    clock.run(Lease.term)
    #expect(theirs.holds(try theirs.claim("1.2.3", by: "Dr Osei", sparingOwn: true, at: noon)))
  }

  @Test("a study that is not there cannot be claimed")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try ours.claim("9.9", by: "Dr Osei", at: noon) }
  }
}

import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct AuditTests {
  let store: Store
  init() throws {
    store = try Store()
    for number in 1...5 {
      try store.record(
        .opened, actor: "Dr Osei", study: number == 3 ? nil : "1.2.3", detail: "Line \(number)",
        at: noon + Double(number))
    }
  }

  @Test("lines are counted without gaps, the newest first, and the chain holds")
  func chain() throws {
    #expect(try store.audit().map(\.number) == [5, 4, 3, 2, 1])
    #expect(try store.audit(limit: 2).map(\.detail) == ["Line 5", "Line 4"])
    #expect(try store.verifyAudit() == 5)
    let events = try store.audit()
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.previous == $1.digest })
    #expect(events.last?.previous == String(repeating: "0", count: 64))
    #expect(try Store().verifyAudit() == 0)
  }

  @Test("a line's digest is the one anybody can compute from its fields")
  func digest() {
    let event = AuditEvent(
      number: 1, at: Date(timeIntervalSinceReferenceDate: 0), actor: "ä", kind: .opened,
      study: nil, detail: "x", previous: "p", digest: "")
    // printf '1:11:02:ä6:opened-1:x1:p' | sha256sum
    #expect(event.content == "2c54edecf67cde6eea590f869a7ebd6aa2999e5ba3c6a957f82d7ef33ee935a5")
  }

  @Test(
    "a line that was changed, removed or put in between is named",
    arguments: [
      ("UPDATE audit SET detail = 'x' WHERE number = 3", 3),
      ("UPDATE audit SET actor = 'x' WHERE number = 1", 1),
      ("UPDATE audit SET at = at + 1e-3 WHERE number = 5", 5),
      ("UPDATE audit SET kind = 'signed' WHERE number = 2", 2),
      ("UPDATE audit SET kind = 'nonsense' WHERE number = 2", 2),
      ("UPDATE audit SET study = NULL WHERE number = 4", 4),
      ("UPDATE audit SET study = '' WHERE number = 3", 3),
      ("UPDATE audit SET digest = previous WHERE number = 4", 4),
      ("DELETE FROM audit WHERE number = 2", 2),
      ("DELETE FROM audit WHERE number = 5", 5),
      ("DELETE FROM audit", 1),
      ("UPDATE audit SET number = 9 WHERE number = 5", 5),
      (
        "INSERT INTO audit SELECT 6, at, actor, kind, study, detail, previous, digest "
          + "FROM audit WHERE number = 5", 6
      ),
    ])
  func tampering(statement: String, number: Int) throws {
    try store.write { database in
      for trigger in ["unchanged", "kept", "irreplaceable"] {
        try database.execute(sql: "DROP TRIGGER audit_\(trigger)")
      }
      try database.execute(sql: statement)
    }
    #expect(throws: StoreError.auditBroken(number: number)) { try store.verifyAudit() }
  }

  @Test(
    "SQL cannot change the log as long as its triggers stand",
    arguments: [
      "UPDATE audit SET detail = 'x'", "DELETE FROM audit",
      "INSERT OR REPLACE INTO audit SELECT * FROM audit",
    ])
  func triggers(statement: String) throws {
    #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: statement) } }
    #expect(try store.verifyAudit() == 5)
  }

  @Test("a change and its line in the log are stored together or not at all")
  func together() throws {
    try store.save(intake())
    try store.write { database in
      try database.execute(
        sql: """
          CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END
          """)
    }
    #expect(throws: StoreError.self) { try store.save(triage()) }
    #expect(throws: StoreError.self) {
      try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    }
    #expect(throws: StoreError.self) { try store.save(model("a", state: .active)) }
    #expect(try store.triage(of: "1.2.3") == nil)
    #expect(try store.reports(of: "1.2.3").isEmpty)
    #expect(try store.models().isEmpty)
  }

  @Test("no line carries the patient's name")
  func noPatient() throws {
    try store.save(intake(name: "DOE^JANE"))
    try store.save(triage())
    try store.save(review())
    try store.sign(report("1.2.3", "Mrs DOE"), review: review(), by: "Dr Osei", at: noon)
    #expect(try store.audit().allSatisfy { !$0.detail.contains("DOE") })
  }
}

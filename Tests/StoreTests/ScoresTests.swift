import Foundation
import GRDB
import Radiology
import Store
import TestSupport
import Testing

@Suite("How readers called what a model had scored")
struct ScoresTests {
  /// Signs a study that was scored so, with a call the guard has no question about.
  private func sign(_ number: Int, _ probability: Double, _ call: Call, in store: Store) throws {
    let uid = "1.2.\(number)"
    try store.save(intake(uid))
    try store.save(triage(uid, probability: probability))
    try store.sign(report(uid), review: review(uid, call: call), by: "Dr Osei", at: noon)
  }

  private func filled(_ store: Store) throws {
    for number in 0..<30 {
      try sign(number, 0.4, number < 24 ? .suspicious : .normal, in: store)
    }
    for number in 30..<50 { try sign(number, 0.29, .normal, in: store) }
    try store.save(intake("1.2.99"))
    try store.save(triage("1.2.99", probability: 0.4))
  }

  @Test("the list brings it for the studies on it, and so does the open study")
  func page() throws {
    let store = try Store(now: { noon })
    try filled(store)
    let page = try store.worklist(WorklistRequest())
    let row = try #require(try store.row("1.2.99"))
    let value = try #require(page.scores.predictiveValue(of: row))
    #expect((value.suspicious, value.reads) == (24, 30))
    #expect(try store.predictiveValue(of: row) == value)
    let low = try #require(try store.row("1.2.40"))
    #expect(page.scores.predictiveValue(of: low)?.reads == 50)
  }

  @Test("an addendum changes no count, and what is being read counts for nothing")
  func once() throws {
    let store = try Store(now: { noon })
    try filled(store)
    let signed = try #require(try store.signedReport(of: "1.2.3"))
    try store.sign(
      addendum(to: signed, "More."), review: review("1.2.3", call: .suspicious), by: "Dr Osei",
      at: noon + 60)
    try store.save(review("1.2.99"))
    let row = try #require(try store.row("1.2.99"))
    #expect(try store.predictiveValue(of: row)?.reads == 30)
  }

  @Test("a store of an older layout counts what was signed in it")
  func migrates() throws {
    let home = TemporaryHome()
    try filled(try home.open())
    let file = try DatabaseQueue(path: home.url.appending(path: "secondlook.sqlite").path)
    try file.write { database in
      try database.execute(
        sql: """
          DROP TABLE score; DROP TABLE scoreTally; DROP INDEX entry_priority;
          DELETE FROM grdb_migrations WHERE identifier LIKE '12 %'; PRAGMA user_version = 11
          """)
    }
    try file.close()
    let store = try home.open()
    let row = try #require(try store.row("1.2.99"))
    #expect(try store.predictiveValue(of: row)?.suspicious == 24)
  }
}

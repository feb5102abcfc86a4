public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Writes one line into the log; its detail is one sentence without patient data.
  ///
  /// What the store changes itself it logs itself, in the same transaction.
  public func record(
    _ kind: AuditEvent.Kind, actor: String, study: Study.ID? = nil, detail: String,
    at date: Date = Date()
  ) throws(StoreError) {
    try write { try append($0, kind, actor, study, detail, date) }
  }

  /// The last lines of the log, the newest first.
  public func audit(limit: Int = 100) throws(StoreError) -> [AuditEvent] {
    try read { database in
      try AuditEvent.fetchAll(
        database, sql: "SELECT * FROM audit ORDER BY number DESC LIMIT ?", arguments: [limit])
    }
  }

  /// What was refused, the newest first.
  public func refusals(limit: Int = 20) throws(StoreError) -> [AuditEvent] {
    try read { database in
      try AuditEvent.fetchAll(
        database,
        sql: "SELECT * FROM audit WHERE kind = 'refused' ORDER BY number DESC LIMIT ?",
        arguments: [limit])
    }
  }

  /// Proves that no line was changed, removed or put in between, and returns how many there are.
  ///
  /// Whoever rewrites the whole file with its digests is caught only by a last digest that was
  /// written down elsewhere.
  /// - Throws: ``StoreError/auditBroken(number:)`` with the first line that is not what was
  ///   written.
  @discardableResult
  public func verifyAudit() throws(StoreError) -> Int {
    try read { database in
      var previous = AuditEvent.beginning
      var count = 0
      let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY number")
      while let row = try rows.next() {
        count += 1
        guard let event = try? AuditEvent(row: row), event.number == count,
          event.previous == previous, event.digest == event.content
        else { throw StoreError.auditBroken(number: count) }
        previous = event.digest
      }
      let highest = try Int.fetchOne(
        database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
      guard count == highest ?? 0 else { throw StoreError.auditBroken(number: count + 1) }
      return count
    }
  }

  /// Adds the next link of the chain; whoever holds the transaction is alone.
  func append(
    _ database: Database, _ kind: AuditEvent.Kind, _ actor: String, _ study: Study.ID?,
    _ detail: String, _ date: Date = Date()
  ) throws {
    let last = try AuditEvent.fetchOne(
      database, sql: "SELECT * FROM audit ORDER BY number DESC LIMIT 1")
    let event = AuditEvent(
      number: (last?.number ?? 0) + 1, at: date, actor: actor, kind: kind, study: study,
      detail: detail, previous: last?.digest ?? AuditEvent.beginning, digest: "")
    try database.insert(event, with: ["digest": event.content])
  }
}

extension AuditEvent {
  /// What the first event has for a previous digest.
  static let beginning = String(repeating: "0", count: 64)

  /// SHA-256 over all fields but the digest itself.
  ///
  /// Each field stands as the number of its UTF-8 bytes, a colon and the bytes, in the order
  /// number, at, actor, kind, study, detail, previous, so that no two events look the same. The
  /// date is its bit pattern in hexadecimal (seconds since 2001, as stored); a missing study is
  /// `-` without a number.
  var content: String {
    // SQLite knows no negative zero.
    let date = String((at.timeIntervalSinceReferenceDate + 0).bitPattern, radix: 16)
    let fields = [String(number), date, actor, kind.rawValue, study, detail, previous]
    let text = fields.map { field in field.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
    return Store.digest(of: Data(text.utf8))
  }
}

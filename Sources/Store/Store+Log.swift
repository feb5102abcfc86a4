import Foundation
import GRDB
public import Radiology

extension Store {
  /// A piece of the audit log as entries of the log, in the order of their numbers.
  ///
  /// It is found by number, so that the last page of a long log costs what the first does.
  public func log(_ query: LogQuery) throws(StoreError) -> [LogEntry] {
    let (condition, order) = Self.bounds(of: query.part)
    let filter = query.filter
    var conditions = [condition]
    var arguments: [any DatabaseValueConvertible] = []
    if filter.level > .info {
      let kinds = ["refused", "failed"].filter { kind in
        AuditEvent.Kind(rawValue: kind).map { $0.level >= filter.level } ?? false
      }
      conditions.append("kind IN (\(kinds.map { "'\($0)'" }.joined(separator: ", ")))")
    }
    if !filter.kinds.isEmpty {
      conditions.append("kind IN (\(filter.kinds.map { _ in "?" }.joined(separator: ", ")))")
      arguments += filter.kinds.sorted()
    }
    // SQLite knows the two cases of ASCII letters only; what has others is compared below.
    if !filter.words.isEmpty, filter.words.utf8.allSatisfy({ $0 < 0x80 }) {
      let detail =
        filter.hidesAnswers
        ? "iif(kind = '\(AuditEvent.Kind.triaged.rawValue)', '', detail)" : "detail"
      conditions.append("instr(lower(actor || ' ' || kind || ' ' || \(detail)), ?) > 0")
      arguments.append(filter.words.lowercased())
    }
    return try read { database in
      let rows = try AuditEvent.fetchCursor(
        database,
        sql: """
          SELECT * FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY number \(order)
          """, arguments: StatementArguments(arguments))
      var entries: [LogEntry] = []
      while entries.count < query.limit, let event = try rows.next() {
        let entry = LogEntry(event)
        if filter.shows(entry) { entries.append(entry) }
      }
      return entries.sorted { $0.number < $1.number }
    }
  }

  /// The number of the newest event; 0 for an empty log.
  public func lastLogNumber() throws(StoreError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT max(number) FROM audit") ?? 0 }
  }

  private static func bounds(of part: LogQuery.Part) -> (condition: String, order: String) {
    switch part {
    case .newest: ("true", "DESC")
    case .oldest: ("true", "ASC")
    case .older(let place): ("number < \(place.audit)", "DESC")
    case .newer(let place): ("number > \(place.audit)", "ASC")
    }
  }
}

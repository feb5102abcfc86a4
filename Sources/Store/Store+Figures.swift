public import Foundation
import GRDB
public import Radiology

// How much there is and how much waits, counted where it lies: no row is brought up for it.
extension Store {
  /// How much the store holds.
  public func figures() throws(StoreError) -> StoreFigures {
    try read { database in
      func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
      return StoreFigures(
        studies: try count("SELECT count(*) FROM study"),
        unread: try count(
          """
          SELECT count(*) FROM (SELECT study FROM triage EXCEPT SELECT study FROM review
            EXCEPT SELECT study FROM report)
          """),
        signed: try count("SELECT count(DISTINCT study) FROM report WHERE version > 0"),
        ordersWithoutImages: try count(
          """
          SELECT count(*) FROM request
          WHERE NOT EXISTS (SELECT 1 FROM study WHERE study.request = request.key)
          """),
        lessons: try count(
          """
          SELECT count(*) FROM lesson JOIN study ON study.uid = lesson.study
          WHERE study.consent = 'given'
          """),
        objects: try count("SELECT count(*) FROM instance"),
        objectBytes: try count("SELECT coalesce(sum(bytes), 0) FROM instance"))
    }
  }

  /// What ``untriaged(by:limit:at:)`` would hand out if nothing limited it.
  public func readingBacklog(
    by model: ModelVersion.ID?, at date: Date = Date()
  ) throws(StoreError) -> Backlog {
    try backlog(
      "SELECT count(*), min(study.arrived) \(Self.untriaged)",
      ["model": model, "now": date.timeIntervalSinceReferenceDate])
  }

  /// What ``unlearned(limit:)`` would hand out if nothing limited it.
  public func learningBacklog() throws(StoreError) -> Backlog {
    try backlog(
      """
      SELECT count(*), min(moment) FROM (SELECT max(report.signed) AS moment \(Self.unlearned))
      """, [])
  }

  private func backlog(_ sql: String, _ arguments: StatementArguments) throws(StoreError) -> Backlog
  {
    try read { database in
      let row = try Row.fetchOne(database, sql: sql, arguments: arguments)
      return Backlog(
        count: row?[0] ?? 0,
        oldest: (row?[1] as Double?).map(Date.init(timeIntervalSinceReferenceDate:)))
    }
  }

  /// What was refused since a moment, by sender; the one that was refused last comes first.
  public func refusals(since moment: Date) throws(StoreError) -> [Refusals] {
    try read { database in
      // SQLite takes `detail` from the row that has the highest number.
      try Row.fetchAll(
        database,
        sql: """
          SELECT actor, count(*), detail, max(number), at FROM audit INDEXED BY audit_refused
          WHERE kind = 'refused' AND at >= ? GROUP BY actor ORDER BY max(number) DESC
          """, arguments: [moment.timeIntervalSinceReferenceDate]
      ).map { row in
        Refusals(
          source: row[0], count: row[1], reason: row[2],
          last: Date(timeIntervalSinceReferenceDate: row[4]))
      }
    }
  }

  /// What archives said they have, of the studies they were asked about since a moment, and how
  /// much of it is here.
  public func archiveTallies(since moment: Date) throws(StoreError) -> [ArchiveTally] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT source, count(*), sum(here < instances), sum(instances), sum(min(here, instances))
          FROM (SELECT source, instances, (SELECT count(*) FROM instance
              WHERE instance.study = expectation.study) AS here
            FROM expectation WHERE at >= ?)
          GROUP BY source ORDER BY source
          """, arguments: [moment.timeIntervalSinceReferenceDate]
      ).map { row in
        ArchiveTally(
          source: row[0], studies: row[1], incomplete: row[2], expected: row[3], received: row[4])
      }
    }
  }

  /// Bytes of the database's file; 0 for a store in memory.
  ///
  /// Its journal, which grows and shrinks by some megabytes with every few changes, is not counted.
  public var databaseBytes: Int {
    guard let home else { return 0 }
    let file = home.appending(path: "secondlook.sqlite")
    return (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
  }

  /// Reads the whole database and proves that its pages, indexes and references agree.
  ///
  /// Source: SQLite's `PRAGMA integrity_check` and `PRAGMA foreign_key_check`.
  /// - Throws: ``StoreError/damaged(_:)`` if they do not.
  public func checkIntegrity() throws(StoreError) {
    try read { database in
      guard try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") == "ok" else {
        throw StoreError.damaged("its pages or indexes do not agree")
      }
      guard try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil else {
        throw StoreError.damaged("a row names another one that is not there")
      }
    }
  }
}

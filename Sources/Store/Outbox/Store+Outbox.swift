import Foundation
import GRDB
public import Radiology

// The outbox: every document of every version that was given, for every destination it goes to.
extension Store {
  static let outbox =
    """
    CREATE TABLE outbox (
      number INTEGER PRIMARY KEY AUTOINCREMENT, study TEXT NOT NULL REFERENCES study,
      version INTEGER NOT NULL, isPreliminary INTEGER NOT NULL, format TEXT NOT NULL,
      destination TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
      queued REAL NOT NULL, due REAL NOT NULL, changed REAL NOT NULL, code TEXT, reason TEXT,
      digest TEXT, fileName TEXT, bytes INTEGER, isUncertain INTEGER NOT NULL DEFAULT 0,
      isVerified INTEGER NOT NULL DEFAULT 0,
      -- Since when it is tried; who the patient was; who is sending it.
      asked REAL NOT NULL, patient TEXT NOT NULL, session TEXT, process TEXT,
      UNIQUE (study, version, isPreliminary, format, destination)
    ) STRICT;
    CREATE INDEX outbox_open ON outbox (destination, due) WHERE state IN ('waiting', 'sending');
    CREATE INDEX outbox_state ON outbox (destination, state, changed);
    CREATE TRIGGER outbox_frozen BEFORE UPDATE OF digest ON outbox
      WHEN OLD.digest IS NOT NULL AND NEW.digest IS NOT OLD.digest
      BEGIN SELECT RAISE(ABORT, 'what was sent once is sent unchanged'); END;
    CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox
      BEGIN SELECT RAISE(ABORT, 'nothing is dropped from the outbox'); END;

    -- Versions that were given and not yet put into the outbox; the tables say so themselves.
    CREATE TABLE unrouted (
      study TEXT NOT NULL, version INTEGER NOT NULL, isPreliminary INTEGER NOT NULL,
      PRIMARY KEY (study, version, isPreliminary)
    ) STRICT;
    \(unroutes("report", when: "NEW.version > 0", isPreliminary: false))
    \(unroutes("preliminary", when: "true", isPreliminary: true))

    -- Somebody else whom a study is said to be of; cleared once a person has looked.
    CREATE TABLE patientDoubt (
      study TEXT NOT NULL REFERENCES study, other TEXT NOT NULL, reason TEXT NOT NULL,
      at REAL NOT NULL, cleared REAL, PRIMARY KEY (study, other)
    ) STRICT;

    """

  private static func unroutes(
    _ table: String, when condition: String, isPreliminary: Bool
  ) -> String {
    """
    CREATE TRIGGER \(table)_unrouted AFTER INSERT ON \(table) WHEN \(condition) BEGIN
      INSERT INTO unrouted VALUES (NEW.study, NEW.version, \(isPreliminary ? 1 : 0))
        ON CONFLICT DO NOTHING; END;
    """
  }

  /// Carries over what was delivered before there was an outbox: one row named several documents.
  static func carryOverDeliveries(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT delivery.*, patient.id, patient.name, patient.birthDate, patient.sex
        FROM delivery JOIN patient ON patient.study = delivery.study ORDER BY at
        """)
    for row in rows {
      let names = (row["fileName"] as String).split(separator: " ").map(String.init)
      let digests = (row["digest"] as String).split(separator: " ").map(String.init)
      for (name, digest) in zip(names, digests) {
        let format: ExportFormat = name.hasSuffix(".dcm") ? .sr : .text
        let at: Double = row["at"]
        try database.execute(
          sql: """
            INSERT INTO outbox (study, version, isPreliminary, format, destination, state, attempts,
              queued, due, changed, asked, digest, fileName, patient)
            VALUES (?, ?, 0, ?, ?, 'delivered', 1, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
          arguments: [
            row["study"] as String, row["version"] as Int, format.rawValue,
            row["destination"] as String, at, at, at, at, digest, name,
            fingerprint(row["id"], row["name"], row["birthDate"], row["sex"]),
          ])
      }
    }
    try database.execute(
      sql: """
        DROP TABLE delivery;
        INSERT INTO unrouted SELECT study, version, 0 FROM report WHERE version > 0;
        INSERT INTO unrouted SELECT study, version, 1 FROM preliminary;
        """)
  }

  // MARK: Looking

  /// Items of the outbox, those that wait longest first; `states` and `study` limit them.
  public func outbox(
    _ states: [OutboxItem.State] = OutboxItem.State.allCases, of study: Study.ID? = nil,
    limit: Int = .max
  ) throws(StoreError) -> [OutboxItem] {
    try read { database in
      try OutboxItem.fetchAll(
        database,
        sql: """
          SELECT * FROM outbox
          WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR study = ?2)
          ORDER BY queued, number LIMIT ?3
          """, arguments: [Self.list(states.map(\.rawValue)), study, limit])
    }
  }

  /// One item by its number.
  ///
  /// - Throws: ``StoreError/notFound``.
  public func outboxItem(_ number: Int) throws(StoreError) -> OutboxItem {
    try read { database in
      guard let item = try Self.item(database, number) else { throw StoreError.notFound }
      return item
    }
  }

  /// How each destination is doing that anything ever went to, by name.
  public func outboxFigures() throws(StoreError) -> [OutboxFigures] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT destination, sum(state IN ('waiting', 'sending')), sum(state = 'dead'),
            sum(state = 'delivered'), min(CASE WHEN state IN ('waiting', 'sending') THEN queued END),
            max(CASE WHEN state = 'delivered' THEN changed END),
            (SELECT reason FROM outbox AS each WHERE each.destination = outbox.destination
              AND each.state = 'waiting' AND each.reason IS NOT NULL ORDER BY changed DESC LIMIT 1)
          FROM outbox GROUP BY destination ORDER BY destination
          """
      ).map { row in
        func date(_ index: Int) -> Date? {
          (row[index] as Double?).map(Date.init(timeIntervalSinceReferenceDate:))
        }
        return OutboxFigures(
          destination: row[0], waiting: row[1], dead: row[2], delivered: row[3], oldest: date(4),
          last: date(5), reason: row[6])
      }
    }
  }

  /// Reports of which something has not got anywhere yet, and since when the oldest waits.
  public func deliveryBacklog() throws(StoreError) -> Backlog {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), min(queued) FROM (
            SELECT study, version, isPreliminary, min(queued) AS queued FROM (
              SELECT study, version, isPreliminary, queued FROM outbox
              WHERE state IN ('waiting', 'sending')
              UNION ALL
              SELECT unrouted.study, unrouted.version, 0, signed FROM unrouted
              JOIN report USING (study, version) WHERE NOT unrouted.isPreliminary)
            GROUP BY study, version, isPreliminary)
          """)
      return Backlog(
        count: row?[0] ?? 0,
        oldest: (row?[1] as Double?).map(Date.init(timeIntervalSinceReferenceDate:)))
    }
  }

  /// Where the reports of a study went, for those who wait for one: all documents of a version and
  /// a destination together.
  public func dispatches(of study: Study.ID) throws(StoreError) -> [Dispatch] {
    let delivered = try outbox([.delivered], of: study)
    return Dictionary(grouping: delivered) {
      [$0.destination, "\($0.version)", "\($0.isPreliminary)"]
    }
    .values.map { items in
      Dispatch(
        version: items[0].version, isPreliminary: items[0].isPreliminary,
        destination: items[0].destination,
        fileName: items.sorted { $0.number < $1.number }.compactMap(\.fileName)
          .joined(separator: " "),
        at: items.map(\.changed).max() ?? items[0].changed)
    }
    .sorted { ($0.at, $0.destination, $0.version) < ($1.at, $1.destination, $1.version) }
  }

  static func item(_ database: Database, _ number: Int) throws -> OutboxItem? {
    try OutboxItem.fetchOne(
      database, sql: "SELECT * FROM outbox WHERE number = ?", arguments: [number])
  }
}

import Foundation
import GRDB
import Radiology
import Synchronization

// The worklist as an index: what each study is sorted and filtered by, worked out when it changes
// and not when it is looked at. A list of a million studies opens as fast as one of a hundred.
extension Store {
  static let entries = """
    CREATE TABLE entry (
      study TEXT NOT NULL PRIMARY KEY REFERENCES study,
      rank INTEGER NOT NULL, improbability REAL NOT NULL, arrived REAL NOT NULL,
      rises REAL,
      class TEXT NOT NULL, state TEXT NOT NULL, isSigned INTEGER NOT NULL, signed REAL,
      isSynthetic INTEGER NOT NULL, priority TEXT NOT NULL, secondLook TEXT NOT NULL,
      probability REAL, regions INTEGER NOT NULL, images INTEGER NOT NULL, years INTEGER,
      exam TEXT NOT NULL,
      \(WorklistFilter.Field.allCases.map { "\($0.column) TEXT NOT NULL" }.joined(separator: ", "))
    ) STRICT;
    CREATE INDEX entry_triage ON entry (rank, improbability, arrived, study);
    CREATE INDEX entry_waiting ON entry (arrived, rank, improbability, arrived, study);
    CREATE INDEX entry_probability
      ON entry (-ifnull(probability, 0), rank, improbability, arrived, study);
    CREATE INDEX entry_patient ON entry (in_patient, rank, improbability, arrived, study);
    CREATE INDEX entry_rises ON entry (rises) WHERE rises IS NOT NULL;

    -- How many there are of each kind: nobody counts a million rows to say so.
    CREATE TABLE tally (
      class TEXT NOT NULL, isSigned INTEGER NOT NULL, isSynthetic INTEGER NOT NULL,
      studies INTEGER NOT NULL, PRIMARY KEY (class, isSigned, isSynthetic)
    ) STRICT;
    CREATE TRIGGER entry_counted AFTER INSERT ON entry BEGIN
      INSERT INTO tally VALUES (NEW.class, NEW.isSigned, NEW.isSynthetic, 1)
        ON CONFLICT DO UPDATE SET studies = studies + 1; END;
    CREATE TRIGGER entry_discounted AFTER DELETE ON entry BEGIN
      UPDATE tally SET studies = studies - 1
        WHERE (class, isSigned, isSynthetic) = (OLD.class, OLD.isSigned, OLD.isSynthetic); END;

    """

  /// Orders in which no model has a part, also where two studies are equal otherwise.
  static let clinicalOrders = """
    DROP INDEX entry_waiting;
    DROP INDEX entry_patient;
    CREATE INDEX entry_priority ON entry (rank / 10, arrived, study);
    CREATE INDEX entry_waiting ON entry (arrived, rank / 10, arrived, study);
    CREATE INDEX entry_patient ON entry (in_patient, rank / 10, arrived, study);

    """

  /// Whoever changes a study need not know of its entry: the tables say what is out of date.
  ///
  /// `OR IGNORE` would give way to the conflict clause of whatever fired the trigger.
  static let staleness = """
    CREATE TABLE stale (study TEXT NOT NULL PRIMARY KEY) STRICT;
    INSERT INTO stale SELECT uid FROM study;

    """ + stales("study", "uid")
    + ["patient", "instance", "triage", "review", "report", "expectation", "secondLook"]
    .map { stales($0, "study") }.joined() + """
      CREATE TRIGGER request_stales_new AFTER INSERT ON request BEGIN
        INSERT INTO stale SELECT uid FROM study WHERE request = NEW.key
          ON CONFLICT DO NOTHING; END;
      CREATE TRIGGER request_stales_changed AFTER UPDATE ON request BEGIN
        INSERT INTO stale SELECT uid FROM study WHERE request = NEW.key
          ON CONFLICT DO NOTHING; END;

      """

  static func stales(_ table: String, _ column: String) -> String {
    ["INSERT", "UPDATE", "DELETE"].map { change in
      let row = change == "DELETE" ? "OLD" : "NEW"
      return """
        CREATE TRIGGER \(table)_stales_\(change.lowercased()) AFTER \(change) ON \(table) BEGIN
          INSERT INTO stale VALUES (\(row).\(column)) ON CONFLICT DO NOTHING; END;

        """
    }.joined()
  }

  /// Works out the entries of all studies that changed, or of so many of them.
  ///
  /// - Returns: how many there were.
  @discardableResult
  func bringEntriesUpToDate(
    _ database: Database, atMost limit: Int = .max
  ) throws -> Int {
    let studies = try Study.ID.fetchAll(
      database, sql: "SELECT study FROM stale LIMIT ?", arguments: [limit])
    if studies.isEmpty { return 0 }
    let list = try Self.list(studies)
    for table in ["entry", "stale"] {
      try database.execute(
        sql: "DELETE FROM \(table) WHERE study IN (SELECT value FROM json_each(?))",
        arguments: [list])
    }
    try bringScoresUpToDate(database, of: list)
    let date = now()
    for row in try rows(database, of: studies) {
      let entry = WorklistEntry(row, at: date)
      try database.cachedStatement(sql: entry.insertion).execute(arguments: entry.arguments)
    }
    return studies.count
  }

  /// Gives entries to the studies of a store that had none, a thousand in one transaction.
  func catchUpEntries(_ progress: (Upkeep) -> Void) throws(StoreError) {
    let count = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM stale") ?? 0 }
    var done = 0
    while done < count {
      let more = try commit { try bringEntriesUpToDate($0, atMost: 1000) }
      // Another program that came first has done the rest.
      if more == 0 { return }
      done += more
      progress(.studies(min(done, count), of: count))
    }
  }

  /// Moves up whoever has waited too long by now, once a minute at most and the longest first.
  ///
  /// A morning's first list does not wait for all that the night made overdue: so many move at once.
  /// It changes the store, of which every screen hears and asks for its list again: where a study
  /// becomes overdue every second, they would do nothing else.
  func raiseEntries() throws(StoreError) {
    let date = now()
    let isDue = raised.withLock { last in
      guard abs(date.timeIntervalSince(last)) >= WorklistPage.patience else { return false }
      last = date
      return true
    }
    guard isDue else { return }
    let risen = "SELECT study FROM entry WHERE rises <= ? ORDER BY rises"
    let arguments: StatementArguments = [date.timeIntervalSinceReferenceDate]
    guard try read({ try Self.isAny($0, risen + " LIMIT 1", arguments) }) else { return }
    try write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO stale \(risen) LIMIT \(Self.mostRisen)", arguments: arguments)
    }
  }

  private static let mostRisen = 2000

  private static func isAny(
    _ database: Database, _ sql: String, _ arguments: StatementArguments = []
  ) throws -> Bool {
    try Row.fetchOne(database, sql: sql, arguments: arguments) != nil
  }
}

/// What a row of the worklist is found by: one column for each thing a filter or an order asks for.
struct WorklistEntry {
  private let values: [(column: String, value: (any DatabaseValueConvertible)?)]

  init(_ row: WorklistRow, at date: Date) {
    let place = WorklistPlace(row, at: date)
    values =
      [
        ("study", row.id), ("rank", place.rank), ("improbability", place.improbability),
        ("arrived", row.study.arrived.timeIntervalSinceReferenceDate),
        ("rises", place.rises?.timeIntervalSinceReferenceDate),
        ("class", row.triageClass.column), ("state", row.state.rawValue),
        ("isSigned", row.state.isSigned), ("signed", row.signed?.timeIntervalSinceReferenceDate),
        ("isSynthetic", row.study.isSynthetic), ("priority", row.study.priority.rawValue),
        ("secondLook", row.secondLook?.rawValue ?? ""), ("probability", row.probability),
        ("regions", row.regions.count), ("images", row.instances), ("years", row.study.age),
        ("exam", WorklistFilter.folded(row.study.exam)),
      ]
      + WorklistFilter.Field.allCases.map {
        ($0.column, WorklistFilter.folded($0.text(of: row)))
      }
  }

  var arguments: StatementArguments { StatementArguments(values.map(\.value)) }

  var insertion: String {
    let columns = values.map(\.column).joined(separator: ", ")
    return "INSERT INTO entry (\(columns)) VALUES (\(databaseQuestionMarks(count: values.count)))"
  }
}

extension TriageClass? {
  /// As an entry has it; empty where no model has looked yet.
  var column: String { self?.rawValue ?? "" }
}

extension WorklistFilter.Field {
  /// Its texts in an entry, folded, by a name of its own: `view` means something else in SQL.
  var column: String { "in_\(rawValue)" }
}

extension WorklistSort {
  /// What an index or an `ORDER BY` lists: ``precedes(_:_:at:)`` in SQL.
  var columns: String {
    let triage = "rank, improbability, arrived, study"
    let clinical = "rank / 10, arrived, study"
    return switch self {
    case .triage: triage
    case .priority: clinical
    case .waiting: "arrived, \(clinical)"
    case .probability: "-ifnull(probability, 0), \(triage)"
    case .patient: "\(WorklistFilter.Field.patient.column), \(clinical)"
    }
  }
}

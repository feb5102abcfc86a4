public import Foundation
import GRDB
public import Radiology

// Studies that failed, and the wish to have one read again.
extension Store {
  static let again = """
    -- Studies that somebody wants to be read again; the next result of a study takes it out.
    CREATE TABLE again (
      study TEXT PRIMARY KEY REFERENCES study, reader TEXT NOT NULL, at REAL NOT NULL
    ) STRICT;
    CREATE INDEX triage_failed ON triage (number) WHERE triageClass = 'failed';

    """

  /// Unsigned studies whose newest result is that they failed: how many, and the newest of them.
  public func failedStudies(
    limit: Int
  ) throws(StoreError) -> (count: Int, newest: [FailedStudy]) {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT triage.*, EXISTS (SELECT 1 FROM again WHERE again.study = triage.study) AS isAsked
          \(Self.failed) ORDER BY number DESC LIMIT ?
          """, arguments: [limit])
      let newest = try rows.compactMap { row -> FailedStudy? in
        let triage = try Triage(row: row)
        return try Study.fetchOne(database, key: triage.study).map { study in
          FailedStudy(
            study: study.uid, accession: study.accession, exam: study.exam,
            reason: triage.reason ?? "No reason was given.", failed: triage.made,
            isAskedAgain: row["isAsked"])
        }
      }
      let count = try Int.fetchOne(database, sql: "SELECT count(*) \(Self.failed)") ?? 0
      return (count, newest)
    }
  }

  /// Has studies that failed read once more by whoever reads next; a result that is there stays.
  ///
  /// - Returns: those of them that failed and are unsigned; nothing is done about the others.
  public func readAgain(
    _ studies: [Study.ID], by reader: String, at date: Date = Date()
  ) throws(StoreError) -> [Study.ID] {
    try write { database in
      try studies.filter { study in
        let hasFailed =
          try Row.fetchOne(
            database, sql: "SELECT 1 \(Self.failed) AND triage.study = ?", arguments: [study])
          != nil
        guard hasFailed else { return false }
        try database.execute(
          sql: "INSERT INTO again VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          arguments: [study, reader, date.timeIntervalSinceReferenceDate])
        if database.changesCount > 0 {
          try append(database, .askedAgain, reader, study, "to be read once more")
        }
        return true
      }
    }
  }

  /// Takes a study out of those that are to be read again, and answers whether it was among them.
  func forgetAgain(_ database: Database, _ study: Study.ID) throws -> Bool {
    try database.execute(sql: "DELETE FROM again WHERE study = ?", arguments: [study])
    return database.changesCount > 0
  }

  private static let failed = """
    FROM triage INDEXED BY triage_failed WHERE triageClass = 'failed'
    AND number = (SELECT max(number) FROM triage AS each WHERE each.study = triage.study)
    AND NOT EXISTS (SELECT 1 FROM report WHERE report.study = triage.study AND version > 0)
    """
}

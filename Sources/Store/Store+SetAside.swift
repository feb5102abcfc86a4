import Foundation
import GRDB
public import Radiology

extension Store {
  /// Keeps what a reader had written of a study that somebody else took over, in place of what
  /// was kept for them before.
  ///
  /// It takes no part in the study's versions until the reader puts it back.
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func setAside(_ report: Report, of reader: String) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO setAside (study, reader, at, report) VALUES (?, ?, ?, ?)",
        arguments: [
          report.study, reader, report.changed.timeIntervalSinceReferenceDate,
          try JSONColumn.text(report),
        ])
    }
  }

  /// What was kept of a reader's words; none once they are thrown away.
  public func setAside(of study: Study.ID, by reader: String) throws(StoreError) -> Report? {
    try read { database in
      try String.fetchOne(
        database, sql: "SELECT report FROM setAside WHERE study = ? AND reader = ?",
        arguments: [study, reader]
      ).map { try JSONColumn.value($0) }
    }
  }

  /// Forgets what was kept of a reader's words.
  public func discardSetAside(of study: Study.ID, by reader: String) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM setAside WHERE study = ? AND reader = ?", arguments: [study, reader])
    }
  }
}

import GRDB
public import Radiology

extension Store {
  /// What of a study others may read: the version that holds, or until it is signed what was let
  /// out last; with the decisions it rests on, all of one moment.
  public func given(
    of study: Study.ID
  ) throws(StoreError) -> (report: Report, review: Review?)? {
    try read { database in
      let signed = try Report.fetchOne(
        database,
        sql: "SELECT * FROM report WHERE study = ? AND version > 0 ORDER BY version DESC LIMIT 1",
        arguments: [study])
      if let signed {
        return (signed, try review(database, of: study, version: signed.version))
      }
      return try preliminaries(database, of: study).last.map { ($0.report, $0.review) }
    }
  }
}

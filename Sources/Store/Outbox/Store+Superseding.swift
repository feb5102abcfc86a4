import Foundation
import GRDB
import Radiology

// What a reader has of a study never gets older: a version that was overtaken is not sent any more.
extension Store {
  /// Whether one row of the outbox is a later version of the same document, for the same
  /// destination, than another; every signed version is later than a preliminary one.
  ///
  /// Rows count by their versions and not by their numbers: a route that is widened later puts old
  /// versions behind new ones.
  static func follows(_ newer: String, _ older: String) -> String {
    """
    \(newer).study = \(older).study AND \(newer).format = \(older).format
    AND \(newer).destination = \(older).destination
    AND (\(older).isPreliminary, \(newer).version) > (\(newer).isPreliminary, \(older).version)
    """
  }

  /// A newer version is there, may be there, is on its way or has nothing of this form to show; a
  /// wet read says less than any signed report.
  private static let isOvertaken =
    """
    (outbox.isPreliminary AND EXISTS (
      SELECT 1 FROM report WHERE report.study = outbox.study AND report.version > 0)
    OR EXISTS (SELECT 1 FROM outbox AS newer WHERE \(follows("newer", "outbox"))
      AND (newer.state IN ('sending', 'delivered', 'needless') OR newer.isUncertain)))
    """

  /// Takes back what waits of a study and was overtaken, and its preliminary dead letters.
  ///
  /// One that may have been sent already stays in doubt: whatever became of it, the newer one
  /// follows. Another dead letter stays one until somebody asks for it: it never got there.
  func supersedeOvertaken(_ database: Database, of study: Study.ID, at date: Date) throws {
    try supersede(
      database, "study = ? AND (state = 'waiting' OR state = 'dead' AND isPreliminary)", study, date
    )
  }

  /// Takes back an item, whoever had it, if it was overtaken; tells whether it was.
  func supersedeIfOvertaken(_ database: Database, _ item: OutboxItem, at date: Date) throws -> Bool
  {
    try supersede(database, "number = ?", item.number, date)
    return database.changesCount > 0
  }

  private func supersede(
    _ database: Database, _ which: String, _ argument: any DatabaseValueConvertible, _ date: Date
  ) throws {
    try database.execute(
      sql: """
        UPDATE outbox SET state = 'superseded', code = NULL, reason = ?, changed = ?,
          session = NULL, process = NULL
        WHERE \(which) AND \(Self.isOvertaken)
        """,
      arguments: [
        "A newer version took its place.", date.timeIntervalSinceReferenceDate, argument,
      ])
  }
}

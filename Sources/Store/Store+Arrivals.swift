public import Foundation
import GRDB
public import Radiology

extension Store {
  /// What has arrived since a moment, by sender; who sent last comes first.
  public func arrivals(since moment: Date) throws(StoreError) -> [Arrivals] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT source, count(*), count(refusal), sum(bytes), max(stored) FROM instance
          WHERE stored >= ? GROUP BY source ORDER BY max(stored) DESC, source
          """, arguments: [moment.timeIntervalSinceReferenceDate]
      ).map { row in
        Arrivals(
          source: row[0], instances: row[1], refused: row[2], bytes: row[3],
          last: Date(timeIntervalSinceReferenceDate: row[4]))
      }
    }
  }

  /// Notes how many objects an archive says a study has; the study may be unknown yet.
  ///
  /// Of two archives the one that has more counts: the other may hold a part of it.
  public func expect(
    _ instances: Int, of study: Study.ID, from archive: String, at date: Date = Date()
  ) throws(StoreError) {
    precondition(instances >= 0, "a study has no fewer than no objects")
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO expectation (study, instances, source, at) VALUES (?, ?, ?, ?)
          ON CONFLICT (study) DO UPDATE
          SET instances = excluded.instances, source = excluded.source, at = excluded.at
          WHERE excluded.instances > expectation.instances OR
            (excluded.source = expectation.source AND excluded.instances <> expectation.instances)
          """, arguments: [study, instances, archive, date.timeIntervalSinceReferenceDate])
    }
  }

  /// How many objects of a study an archive has and this store has not; 0 where nobody counted.
  public func missing(of study: Study.ID) throws(StoreError) -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: """
          SELECT max(0, instances - (SELECT count(*) FROM instance WHERE instance.study = ?))
          FROM expectation WHERE study = ?
          """, arguments: [study, study]) ?? 0
    }
  }
}

public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Opens a study for reading and says so to every other session.
  ///
  /// Whoever came first keeps it, unless they fell silent or are the same reader: nobody is locked
  /// out by their own crash. A store that was opened once is one session.
  /// - Returns: the lease that holds now, ours or another's.
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func claim(
    _ study: Study.ID, by reader: String, at date: Date
  ) throws(StoreError) -> Lease {
    try write { database in
      let before = try lease(database, of: study)
      let isOurs = before?.session == session
      if let before, !isOurs, before.reader != reader, before.holds(at: date) { return before }
      let lease = Lease(
        study: study, session: session, reader: reader,
        since: isOurs ? before?.since ?? date : date, seen: date)
      try database.insert(lease, or: .replace)
      if let before, !isOurs {
        try append(
          database, .claimed, reader, study, "After a session of \(before.reader) left it open",
          date)
      }
      return lease
    }
  }

  /// Says that a study is still open here; changes nothing if it has passed to another session.
  public func renew(_ study: Study.ID, at date: Date) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE lease SET seen = ? WHERE study = ? AND session = ?",
        arguments: [date.timeIntervalSinceReferenceDate, study, session])
    }
  }

  /// Whether a lease is this session's own.
  public func holds(_ lease: Lease) -> Bool { lease.session == session }

  /// Gives a study back, if this session has it.
  public func release(_ study: Study.ID) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM lease WHERE study = ? AND session = ?", arguments: [study, session])
    }
  }

  /// Lets nobody write to a study that is open in another session.
  func refuseLocked(_ database: Database, _ study: Study.ID, at date: Date) throws {
    guard let lease = try lease(database, of: study), lease.session != session,
      lease.holds(at: date)
    else { return }
    throw StoreError.locked(by: lease.reader, since: lease.since)
  }

  private func lease(_ database: Database, of study: Study.ID) throws -> Lease? {
    try Lease.fetchOne(database, sql: "SELECT * FROM lease WHERE study = ?", arguments: [study])
  }
}

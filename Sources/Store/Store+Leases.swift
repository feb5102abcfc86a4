public import Foundation
import GRDB
public import Radiology
import Synchronization

extension Store {
  /// Opens a study for reading and says so to every other session.
  ///
  /// Whoever came first keeps it, unless they fell silent or are the same reader: nobody is locked
  /// out by their own crash. With `sparingOwn` the same reader keeps it too where the program that
  /// has it still runs. A store that was opened once is one session.
  /// - Returns: the lease that holds now, ours or another's.
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func claim(
    _ study: Study.ID, by reader: String, sparingOwn: Bool = false, at date: Date
  ) throws(StoreError) -> Lease {
    let held = try write { database in
      let before = try lease(database, of: study)
      let isOurs = before?.session == session
      if let before, !isOurs, before.holds(at: uptime()) {
        let isSpared = sparingOwn && ProcessMark(session: before.session).isRunning
        if before.reader != reader || isSpared { return before }
      }
      let lease = Lease(
        study: study, session: session, reader: reader,
        since: isOurs ? before?.since ?? date : date, seen: uptime())
      try database.insert(lease, or: .replace)
      if let before, !isOurs {
        try append(
          database, .claimed, reader, study, "After a session of \(before.reader) left it open",
          date)
      }
      return lease
    }
    if holds(held) { claimed.withLock { _ = $0.insert(study) } }
    return held
  }

  /// Takes a study from whoever has it open, with a reason for the log and for them.
  ///
  /// From this moment on the other session can save nothing more of it.
  /// - Returns: our lease.
  /// - Throws: ``StoreError/noReason`` without a reason; ``StoreError/notFound`` if there is no
  ///   such study.
  @discardableResult
  public func takeOver(
    _ study: Study.ID, by reader: String, because reason: String, at date: Date
  ) throws(StoreError) -> Lease {
    let held = try write { database in
      let reason = reason.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !reason.isEmpty else { throw StoreError.noReason }
      let before = try lease(database, of: study)
      let lease = Lease(
        study: study, session: session, reader: reader, since: date, reason: reason,
        seen: uptime())
      try database.insert(lease, or: .replace)
      if let before, before.session != session {
        try append(
          database, .takenOver, reader, study, "From \(before.reader): \(reason)", date)
      }
      return lease
    }
    if holds(held) { claimed.withLock { _ = $0.insert(study) } }
    return held
  }

  /// Says that a study is still open here.
  ///
  /// - Returns: false if it has passed to another session; nothing is changed then.
  @discardableResult
  public func renew(_ study: Study.ID) throws(StoreError) -> Bool {
    try write { database in
      let now = uptime()
      try database.execute(
        sql: "UPDATE lease SET boot = ?, beat = ? WHERE study = ? AND session = ?",
        arguments: [now.boot, now.seconds, study, session])
      return database.changesCount > 0
    }
  }

  /// Whether a lease is this session's own.
  public func holds(_ lease: Lease) -> Bool { lease.session == session }

  /// The lease of a study, whoever's it is and whether or not it still holds.
  public func lease(of study: Study.ID) throws(StoreError) -> Lease? {
    try read { try lease($0, of: study) }
  }

  /// The lease of another session that holds now.
  public func lock(of study: Study.ID) throws(StoreError) -> Lease? {
    try read { try lock($0, of: study) }
  }

  /// Gives a study back, if this session has it.
  public func release(_ study: Study.ID) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM lease WHERE study = ? AND session = ?", arguments: [study, session])
    }
    claimed.withLock { _ = $0.remove(study) }
  }

  /// Who has which study open now.
  func owners(_ database: Database) throws -> [Study.ID: Owner] {
    let now = uptime()
    return try Lease.fetchAll(database, sql: "SELECT * FROM lease")
      .filter { $0.holds(at: now) }
      .reduce(into: [:]) { $0[$1.study] = Owner(reader: $1.reader, since: $1.since) }
  }

  /// Lets nobody write to a study that is open in another session, nor one whose claim was taken.
  func refuseLocked(_ database: Database, _ study: Study.ID) throws {
    if try lease(database, of: study)?.session == session { return }
    if let lease = try lock(database, of: study) {
      throw StoreError.locked(by: lease.reader, since: lease.since)
    }
    // Whoever took it may have left it again: what this session knows of it is old all the same.
    guard claimed.withLock({ !$0.contains(study) }) else { throw StoreError.claimLost }
  }

  private func lock(_ database: Database, of study: Study.ID) throws -> Lease? {
    try lease(database, of: study).flatMap { !holds($0) && $0.holds(at: uptime()) ? $0 : nil }
  }

  private func lease(_ database: Database, of study: Study.ID) throws -> Lease? {
    try Lease.fetchOne(database, sql: "SELECT * FROM lease WHERE study = ?", arguments: [study])
  }
}

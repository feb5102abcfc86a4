public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Takes the next item that is due for a destination, so that nobody else sends it meanwhile.
  ///
  /// Versions of one document go in their order: a newer one waits for the older, and an older one
  /// never follows a newer. What a program was sending that no longer runs is taken again, and
  /// counts as uncertain. A document whose patient became doubtful is no longer sent: it is a dead
  /// letter until a person looks.
  public func nextDelivery(
    to destination: String, at date: Date
  ) throws(StoreError) -> OutboxItem? {
    let isAny = try read { database in
      try Row.fetchOne(
        database, sql: "SELECT 1 \(Self.due(alive: false)) LIMIT 1",
        arguments: ["destination": destination, "now": date.timeIntervalSinceReferenceDate]) != nil
    }
    guard isAny else { return nil }
    return try write { database in
      let processes = try String.fetchAll(
        database,
        sql: "SELECT DISTINCT process FROM outbox WHERE state = 'sending' AND destination = ?",
        arguments: [destination])
      let running = processes.filter { ProcessMark(text: $0).isRunning }
      let arguments: StatementArguments = [
        "destination": destination, "now": date.timeIntervalSinceReferenceDate,
        "running": try Self.list(running),
      ]
      while let row = try Row.fetchOne(
        database, sql: "SELECT * \(Self.due(alive: true)) ORDER BY due, attempts, number LIMIT 1",
        arguments: arguments)
      {
        let item = try OutboxItem(row: row)
        if try supersedeIfOvertaken(database, item, at: date) { continue }
        if let doubt = try doubt(database, item.study, patient: row["patient"]) {
          try bury(database, item, DeliveryProblem(.patientChanged, doubt), at: date)
          continue
        }
        try database.execute(
          sql: """
            UPDATE outbox SET state = 'sending', attempts = attempts + 1, session = ?, process = ?,
              isUncertain = isUncertain OR state = 'sending', changed = ? WHERE number = ?
            """,
          arguments: [
            session, ProcessMark.own.text, date.timeIntervalSinceReferenceDate, item.number,
          ])
        return try Self.item(database, item.number)
      }
      return nil
    }
  }

  /// What may be sent now; `alive` leaves out what a running program is sending.
  private static func due(alive: Bool) -> String {
    """
    FROM outbox INDEXED BY outbox_open WHERE destination = :destination
    AND state IN ('waiting', 'sending') AND due <= :now
    \(alive ? "AND (state = 'waiting' OR process NOT IN (SELECT value FROM json_each(:running)))" : "")
    AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE \(follows("outbox", "older"))
      AND older.state IN ('waiting', 'sending'))
    """
  }

  /// Notes what is sent, for good; of two who do, the first decides.
  ///
  /// - Returns: the item with the document that holds.
  public func freeze(
    _ item: OutboxItem, fileName: String, digest: String, bytes: Int
  ) throws(StoreError) -> OutboxItem {
    try write { database in
      try database.execute(
        sql: """
          UPDATE outbox SET digest = ?, fileName = ?, bytes = ? WHERE number = ? AND digest IS NULL
          """, arguments: [digest, fileName, bytes, item.number])
      guard let item = try Self.item(database, item.number) else { throw StoreError.notFound }
      return item
    }
  }

  /// The same document frozen for another destination, so that all get the same bytes.
  public func frozenTwin(of item: OutboxItem) throws(StoreError) -> OutboxItem? {
    try read { database in
      try OutboxItem.fetchOne(
        database,
        sql: """
          SELECT * FROM outbox WHERE study = ? AND version = ? AND isPreliminary = ? AND format = ?
          AND digest IS NOT NULL AND bytes IS NOT NULL ORDER BY number LIMIT 1
          """, arguments: [item.study, item.version, item.isPreliminary, item.format.rawValue])
    }
  }

  /// Notes that an item got there.
  ///
  /// - Returns: false, and nothing is changed, if it is no longer this session's.
  @discardableResult
  public func noteDelivered(
    _ item: OutboxItem, isVerified: Bool, note: String? = nil, at date: Date
  ) throws(StoreError) -> Bool {
    try write { database in
      try database.execute(
        sql: """
          UPDATE outbox SET state = 'delivered', isVerified = ?, isUncertain = 0, code = NULL,
            reason = ?, changed = ?, session = NULL, process = NULL
          WHERE number = ? AND state = 'sending' AND session = ?
          """,
        arguments: [
          isVerified, note, date.timeIntervalSinceReferenceDate, item.number, session,
        ])
      guard database.changesCount > 0 else { return false }
      try append(
        database, .delivered, "deliver", item.study,
        "\(item.title) to \(item.destination), \(isVerified ? "verified" : "not verified"), "
          + "SHA-256 \((item.digest ?? "").prefix(12))…" + (note.map { "; \($0)" } ?? ""), date)
      return true
    }
  }

  /// Notes that an item did not get there: it is tried again later, or given up.
  ///
  /// Where the problem is the destination's, everything else that waits for it waits as long.
  /// - Returns: what became of it; none if it is no longer this session's.
  @discardableResult
  public func noteFailed(
    _ item: OutboxItem, _ problem: DeliveryProblem, under rule: RetryRule, at date: Date
  ) throws(StoreError) -> OutboxItem.State? {
    try write { database in
      guard try isOurs(database, item) else { return nil }
      let asked = try Date(
        timeIntervalSinceReferenceDate: Double.fetchOne(
          database, sql: "SELECT asked FROM outbox WHERE number = ?", arguments: [item.number])
          ?? 0)
      if problem.code.isFinal || rule.givesUp(after: item.attempts, since: asked, at: date) {
        try bury(database, item, problem, at: date)
        try supersedeOvertaken(database, of: item.study, at: date)
        return try Self.item(database, item.number)?.state
      }
      let due = date + rule.wait(after: item.attempts, of: item.number)
      try database.execute(
        sql: """
          UPDATE outbox SET state = 'waiting', due = ?, code = ?, reason = ?, changed = ?,
            isUncertain = isUncertain OR ?, session = NULL, process = NULL WHERE number = ?
          """,
        arguments: [
          due.timeIntervalSinceReferenceDate, problem.code, problem.reason,
          date.timeIntervalSinceReferenceDate, problem.code.leavesDoubt, item.number,
        ])
      if problem.code.concernsDestination {
        try database.execute(
          sql: "UPDATE outbox SET due = max(due, ?) WHERE destination = ? AND state = 'waiting'",
          arguments: [due.timeIntervalSinceReferenceDate, item.destination])
      }
      try supersedeOvertaken(database, of: item.study, at: date)
      return try Self.item(database, item.number)?.state
    }
  }

  /// Notes that there is no such document: the report has nothing that this form could show.
  public func noteNeedless(_ item: OutboxItem, at date: Date) throws(StoreError) {
    try write { database in
      guard try isOurs(database, item) else { return }
      try database.execute(
        sql: """
          UPDATE outbox SET state = 'needless', changed = ?, session = NULL, process = NULL,
            reason = 'The report has nothing that this form could show.' WHERE number = ?
          """, arguments: [date.timeIntervalSinceReferenceDate, item.number])
    }
  }

  /// Gives back an item whose sending was broken off by our own end; it is due at once.
  public func giveBack(_ item: OutboxItem, at date: Date) throws(StoreError) {
    try write { database in
      guard try isOurs(database, item) else { return }
      try database.execute(
        sql: """
          UPDATE outbox SET state = 'waiting', isUncertain = 1, session = NULL, process = NULL
          WHERE number = ?
          """, arguments: [item.number])
      try supersedeOvertaken(database, of: item.study, at: date)
    }
  }

  /// Gives back what this session took for a destination and could not even note the end of, as on
  /// a full disk; only who sends to it calls this, and only between two sendings.
  public func giveBackLeftovers(to destination: String, at date: Date) throws(StoreError) {
    let leftovers = try read { database in
      try OutboxItem.fetchAll(
        database,
        sql: "SELECT * FROM outbox WHERE state = 'sending' AND destination = ? AND session = ?",
        arguments: [destination, session])
    }
    for item in leftovers { try giveBack(item, at: date) }
  }

  private func isOurs(_ database: Database, _ item: OutboxItem) throws -> Bool {
    try Row.fetchOne(
      database, sql: "SELECT 1 FROM outbox WHERE number = ? AND state = 'sending' AND session = ?",
      arguments: [item.number, session]) != nil
  }

  /// Makes a dead letter of an item, for the log too.
  private func bury(
    _ database: Database, _ item: OutboxItem, _ problem: DeliveryProblem, at date: Date
  ) throws {
    try database.execute(
      sql: """
        UPDATE outbox SET state = 'dead', code = ?, reason = ?, changed = ?,
          isUncertain = isUncertain OR ?, session = NULL, process = NULL WHERE number = ?
        """,
      arguments: [
        problem.code, problem.reason, date.timeIntervalSinceReferenceDate,
        problem.code.leavesDoubt, item.number,
      ])
    try append(
      database, .failed, "deliver", item.study,
      "\(item.title) to \(item.destination) was given up (\(problem.code.rawValue)): "
        + problem.reason, date)
  }
}

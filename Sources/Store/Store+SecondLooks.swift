public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Second looks in some states, all if none is named, in the order they should be taken.
  public func secondLooks(
    in states: Set<SecondLook.State> = Set(SecondLook.State.allCases)
  ) throws(StoreError) -> [SecondLook] {
    try read { try SecondLook.fetchAll($0, sql: "SELECT * FROM secondLook") }
      .filter { states.contains($0.state) }.sorted(by: SecondLook.comesFirst)
  }

  /// The newest second look of a study.
  public func secondLook(of study: Study.ID) throws(StoreError) -> SecondLook? {
    try read { try secondLook($0, of: study) }
  }

  /// Whether somebody may take the next step of a second look: neither who signed the study nor
  /// who has given an opinion on it already.
  public func mayRead(_ look: SecondLook, _ reader: String) throws(StoreError) -> Bool {
    try read { try mayRead($0, look, reader) }
  }

  /// Records a second reading, and returns what became of the second look.
  ///
  /// - Throws: ``StoreError/notWaiting`` if nobody waits for one; ``StoreError/readBefore`` for
  ///   whoever has read the study already; ``StoreError/scoreContradicts`` for concurrence with
  ///   another call; ``StoreError/locked(by:since:)`` while another session has the study open.
  @discardableResult
  public func save(
    _ reading: SecondLook.Reading, of study: Study.ID, under rules: ReadingRules
  ) throws(StoreError) -> SecondLook {
    try change(study, from: .waiting, by: reading.reader, at: reading.at) { look in
      guard reading.score != .concur || reading.call == look.firstCall else {
        throw StoreError.scoreContradicts
      }
      look.take(reading, under: rules)
      return "RADPEER \(reading.score.rawValue), \(reading.isBlind ? "blind" : "not blind"), "
        + "now \(look.state.rawValue)"
    }
  }

  /// Records the decision of a third reader, and returns what became of the second look.
  ///
  /// - Throws: as a second reading does.
  @discardableResult
  public func save(
    _ decision: SecondLook.Decision, of study: Study.ID
  ) throws(StoreError) -> SecondLook {
    try change(study, from: .arbitration, by: decision.reader, at: decision.at) { look in
      look.take(decision)
      return "Arbitrated: \(decision.call.rawValue)"
        + (look.suggestion == nil ? ", the first call stands" : ", an addendum is suggested")
    }
  }

  /// Closes a second look without reading the study, with a reason for the log.
  ///
  /// - Throws: ``StoreError/noReason`` without a reason; ``StoreError/notWaiting`` if it is closed.
  @discardableResult
  public func closeSecondLook(
    of study: Study.ID, because reason: String, by actor: String, at date: Date
  ) throws(StoreError) -> SecondLook {
    try write { database in
      guard !reason.allSatisfy(\.isWhitespace) else { throw StoreError.noReason }
      guard var look = try secondLook(database, of: study), look.state.isOpen else {
        throw StoreError.notWaiting
      }
      look.close(because: reason, at: date)
      try put(database, look)
      try append(database, .secondLook, actor, study, "Closed: \(reason)", date)
      return look
    }
  }

  /// Signed studies that a model had judged, and how many of them it had called otherwise.
  public func concordance() throws(StoreError) -> (judged: Int, discordant: Int) {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), count(CASE WHEN review.call <> triage.triageClass THEN 1 END)
          FROM review JOIN triage ON triage.number =
            (SELECT max(number) FROM triage AS each WHERE each.study = review.study)
          WHERE review.call IS NOT NULL AND triage.triageClass IN ('normal', 'suspicious')
          AND review.version > 0 AND review.version =
            (SELECT max(version) FROM review AS each WHERE each.study = review.study)
          """)
      return (row?[0] ?? 0, row?[1] ?? 0)
    }
  }

  // MARK: - One transaction

  private func change(
    _ study: Study.ID, from state: SecondLook.State, by reader: String, at date: Date,
    _ body: (inout SecondLook) throws -> String
  ) throws(StoreError) -> SecondLook {
    try write { database in
      guard !reader.allSatisfy(\.isWhitespace) else { throw StoreError.nobodySigns }
      try refuseLocked(database, study)
      guard var look = try secondLook(database, of: study), look.state == state else {
        throw StoreError.notWaiting
      }
      guard try mayRead(database, look, reader) else { throw StoreError.readBefore }
      let detail = try body(&look)
      try put(database, look)
      try append(database, .secondLook, reader, study, detail, date)
      return look
    }
  }

  func secondLook(_ database: Database, of study: Study.ID) throws -> SecondLook? {
    try SecondLook.fetchOne(
      database, sql: "SELECT * FROM secondLook WHERE study = ? ORDER BY number DESC LIMIT 1",
      arguments: [study])
  }

  /// Stores what became of the newest second look of a study.
  func put(_ database: Database, _ look: SecondLook) throws {
    let number = try Int.fetchOne(
      database, sql: "SELECT max(number) FROM secondLook WHERE study = ?", arguments: [look.study])
    try database.insert(look, with: ["number": number], or: .replace)
  }

  private func mayRead(
    _ database: Database, _ look: SecondLook, _ reader: String
  ) throws -> Bool {
    let before = try String.fetchAll(
      database,
      sql: """
        SELECT author FROM report WHERE study = :study AND version > 0
        UNION SELECT reader FROM review WHERE study = :study AND version > 0
        """, arguments: ["study": look.study])
    let readers = before + [look.firstReader, look.second?.reader].compactMap { $0 }
    return !readers.contains { SecondLook.isSame($0, reader) }
  }
}

public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Has items sent once more, at once: dead letters, and those that wait for their next attempt.
  ///
  /// Who was shown that one is held for a doubt about its patient, and asks for it all the same, has
  /// looked: with `settlingDoubts` the doubt counts as settled, until somebody else again is said to
  /// be the patient. Without, such a one stays where it is. One that failed for another reason
  /// settles no doubt that nobody has been shown. One that a newer version has overtaken is
  /// superseded instead.
  /// - Returns: the reason for each that is not sent again.
  public func sendAgain(
    _ numbers: [Int], settlingDoubts: Bool = false, by actor: String, at date: Date
  ) throws(StoreError) -> [Int: String] {
    try write { database in
      var refused: [Int: String] = [:]
      for number in numbers {
        guard let item = try Self.item(database, number) else {
          refused[number] = "there is no such item"
          continue
        }
        if let obstacle = try obstacle(database, toSendAgain: item, at: date) {
          refused[number] = obstacle
          continue
        }
        if item.code == .patientChanged {
          guard settlingDoubts else {
            refused[number] = "its patient is in doubt: see whose images these are, then name it"
            continue
          }
          try settle(database, item.study, at: date)
        }
        try database.execute(
          sql: """
            UPDATE outbox SET state = 'waiting', attempts = 0, due = ?1, asked = ?1, changed = ?1
            WHERE number = ?2
            """, arguments: [date.timeIntervalSinceReferenceDate, number])
        try append(
          database, .askedAgain, actor, item.study,
          "\(item.title) to \(item.destination) is to be sent once more", date)
      }
      return refused
    }
  }

  private func obstacle(
    _ database: Database, toSendAgain item: OutboxItem, at date: Date
  ) throws -> String? {
    switch item.state {
    case .delivered: return "it is delivered"
    case .sending: return "it is being sent"
    case .superseded: return "a newer version took its place"
    case .needless: return "the report has nothing that this form could show"
    case .waiting, .dead: break
    }
    return try supersedeIfOvertaken(database, item, at: date)
      ? "a newer version is there or on its way, and an older one must not follow it" : nil
  }

  // MARK: Whose study it is

  /// Says that a study may be another patient's than the one it was read for.
  ///
  /// - Returns: whether nobody has looked at that yet: nothing of the study is sent until then.
  @discardableResult
  public func doubtPatient(
    of study: Study.ID, other: Patient.ID, because reason: String, at date: Date
  ) throws(StoreError) -> Bool {
    try write { database in
      try doubtPatient(database, of: study, other: other, because: reason, at: date)
      return try Row.fetchOne(
        database,
        sql: "SELECT 1 FROM patientDoubt WHERE study = ? AND other = ? AND cleared IS NULL",
        arguments: [study, other]) != nil
    }
  }

  func doubtPatient(
    _ database: Database, of study: Study.ID, other: Patient.ID, because reason: String,
    at date: Date
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO patientDoubt (study, other, reason, at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """, arguments: [study, other, reason, date.timeIntervalSinceReferenceDate])
  }

  /// Why nothing may be sent of a study that was of this patient; none if all is well.
  func doubt(_ database: Database, _ study: Study.ID, patient: String) throws -> String? {
    if let reason = try String.fetchOne(
      database,
      sql:
        "SELECT reason FROM patientDoubt WHERE study = ? AND cleared IS NULL ORDER BY at LIMIT 1",
      arguments: [study])
    {
      return reason
    }
    let now = try Patient.fetchOne(database, key: study).map(Self.fingerprint)
    return now == patient
      ? nil : "The patient of the study is named otherwise than when it was read."
  }

  private func settle(_ database: Database, _ study: Study.ID, at date: Date) throws {
    try database.execute(
      sql: "UPDATE patientDoubt SET cleared = ? WHERE study = ? AND cleared IS NULL",
      arguments: [date.timeIntervalSinceReferenceDate, study])
    guard let patient = try Patient.fetchOne(database, key: study) else { return }
    try database.execute(
      sql: "UPDATE outbox SET patient = ? WHERE study = ? AND state IN ('waiting', 'dead')",
      arguments: [Self.fingerprint(patient), study])
  }
}

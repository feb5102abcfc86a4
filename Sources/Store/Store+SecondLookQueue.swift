import Foundation
import GRDB
import Radiology

// Which signed studies are read once more.
extension Store {
  /// Puts what was just signed into the queue, if it belongs there; an addendum has an answer to
  /// images that came late.
  func queueSecondLook(
    _ database: Database, _ report: Report, _ review: Review, under rules: ReadingRules
  ) throws {
    guard let call = review.call, let signed = report.signed else { return }
    if var late = try secondLook(database, of: report.study), late.reason == .late,
      late.state == .waiting
    {
      late.close(because: "an addendum was signed", at: signed)
      try put(database, late)
      try append(
        database, .secondLook, report.author, report.study, "Closed: an addendum was signed",
        signed)
    }
    guard
      let cause = SecondLook.reason(
        call, against: try triage(database, of: report.study),
        isPicked: Self.isPicked(report.study, share: rules.sample), under: rules)
    else { return }
    try queue(
      database,
      SecondLook(
        study: report.study, version: report.version, reason: cause.reason, weight: cause.weight,
        firstReader: report.author, firstCall: call, queued: signed))
  }

  /// Puts a signed study into the queue of which images have come: nobody has seen them.
  func queueLate(_ database: Database, _ study: Study.ID, at date: Date) throws {
    try queue(database, study, because: .late, weight: 1, at: date)
  }

  /// Puts a signed study into the queue that a model finds suspicious which was promoted since.
  func queueNewerModel(_ database: Database, _ reading: ShadowReading) throws {
    try queue(
      database, reading.study, because: .newerModel, weight: reading.probability ?? 1,
      at: reading.made)
  }

  private func queue(
    _ database: Database, _ study: Study.ID, because reason: SecondLook.Reason, weight: Double,
    at date: Date
  ) throws {
    let version = try version(database, of: study)
    guard
      let report = try Report.fetchOne(
        database, sql: "SELECT * FROM report WHERE study = ? AND version = ?",
        arguments: [study, version]),
      let call = try review(database, of: study, version: version)?.call
    else { return }
    try queue(
      database,
      SecondLook(
        study: study, version: version, reason: reason, weight: weight,
        firstReader: report.author, firstCall: call, queued: date))
  }

  /// A study has one open second look at most, and is picked for one reason once, but for images
  /// that come again and again.
  private func queue(_ database: Database, _ look: SecondLook) throws {
    let before = try SecondLook.fetchAll(
      database, sql: "SELECT * FROM secondLook WHERE study = ?", arguments: [look.study])
    guard !before.contains(where: \.state.isOpen),
      !before.contains(where: { $0.reason == look.reason && look.reason != .late })
    else { return }
    try database.insert(look)
    try append(
      database, .secondLook, "second look", look.study,
      "Waiting: \(look.reason.words), weight \(String(format: "%.2f", look.weight))", look.queued)
  }

  /// Whether chance picks a study: the same answer on every day and every machine.
  static func isPicked(_ study: Study.ID, share: Double) -> Bool {
    let digest = digest(of: Data("second look \(study)".utf8))
    let place = Double(UInt64(digest.prefix(13), radix: 16) ?? 0) / Double(1 << 52)
    return place < share
  }

  /// How far the newest second look of each study has come.
  func secondLookStates(
    _ database: Database, of studies: [Study.ID]?
  ) throws -> [Study.ID: SecondLook.State] {
    let scope = studies == nil ? "" : "WHERE study IN (SELECT value FROM json_each(?))"
    let rows = try Row.fetchAll(
      database, sql: "SELECT study, state FROM secondLook \(scope) ORDER BY number",
      arguments: studies.map { [try Store.list($0)] } ?? [])
    return rows.reduce(into: [:]) { $0[$1[0]] = SecondLook.State(rawValue: $1[1]) }
  }
}

public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Puts every version that was given since into the outbox, once for each document and
  /// destination.
  ///
  /// When the routes are others than the last time, all versions are looked at again: what is there
  /// already stays as it is. A version that a newer one has overtaken is superseded.
  /// - Returns: how many items are new.
  @discardableResult
  public func route(_ routes: [Route], at date: Date) throws(StoreError) -> Int {
    let text: String
    do { text = try Self.text(routes) } catch { throw StoreError(error) }
    if try value(forKey: Self.lastRoutes) != text {
      try write { database in
        try database.execute(
          sql: """
            INSERT INTO unrouted SELECT study, version, 0 FROM report WHERE version > 0
              ON CONFLICT DO NOTHING;
            INSERT INTO unrouted SELECT study, version, 1 FROM preliminary WHERE true
              ON CONFLICT DO NOTHING;
            """)
        try database.execute(
          sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
          arguments: [Self.lastRoutes, text])
      }
    }
    var count = 0
    while try read({ try Row.fetchOne($0, sql: "SELECT 1 FROM unrouted LIMIT 1") }) != nil {
      count += try write { try routeSome($0, routes, at: date) }
    }
    return count
  }

  private static let lastRoutes = "outbox.routes"

  private static func text(_ routes: [Route]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(routes), as: UTF8.self)
  }

  /// Routes at most 500 versions, in the order in which they were given.
  private func routeSome(_ database: Database, _ routes: [Route], at date: Date) throws -> Int {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT unrouted.study, unrouted.version, unrouted.isPreliminary
        FROM unrouted LEFT JOIN report ON NOT unrouted.isPreliminary
          AND report.study = unrouted.study AND report.version = unrouted.version
        ORDER BY unrouted.isPreliminary DESC, signed, unrouted.study, unrouted.version LIMIT 500
        """)
    var count = 0
    for row in rows {
      let (study, version, isPreliminary): (String, Int, Bool) = (row[0], row[1], row[2])
      if let report = try given(database, study, version, isPreliminary: isPreliminary),
        let routed = try route(database, report, routes, at: date)
      {
        count += routed
      } else {
        try append(
          database, .failed, "deliver", study,
          "\(isPreliminary ? "Preliminary version" : "Version") \(version) was given and goes "
            + "nowhere: the store no longer has it with its study and patient", date)
      }
      try database.execute(
        sql: "DELETE FROM unrouted WHERE study = ? AND version = ? AND isPreliminary = ?",
        arguments: [study, version, isPreliminary])
    }
    return count
  }

  /// Routes one version; gives how many items are new, or none where nobody knows whose it is.
  private func route(
    _ database: Database, _ report: Report, _ routes: [Route], at date: Date
  ) throws -> Int? {
    guard let study = try Study.fetchOne(database, key: report.study),
      let patient = try Patient.fetchOne(database, key: report.study)
    else { return nil }
    let isPreliminary = report.state == .preliminary
    // A wet read that nobody sent in time says less than the report that took its place.
    if isPreliminary, try version(database, of: report.study) > 0 { return 0 }
    let given = report.signed ?? report.changed
    var count = 0
    for route in routes where route.obstacle(report.state, of: study.modality, given: given) == nil
    {
      for format in route.formats {
        try database.execute(
          sql: """
            INSERT INTO outbox (study, version, isPreliminary, format, destination, state, queued,
              due, changed, asked, patient)
            VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
          arguments: [
            report.study, report.version, isPreliminary, format.rawValue, route.destination,
            given.timeIntervalSinceReferenceDate, date.timeIntervalSinceReferenceDate,
            date.timeIntervalSinceReferenceDate, date.timeIntervalSinceReferenceDate,
            Self.fingerprint(patient),
          ])
        count += database.changesCount
      }
    }
    try supersedeOvertaken(database, of: report.study, at: date)
    return count
  }

  /// A version as it was given.
  func given(
    _ database: Database, _ study: Study.ID, _ version: Int, isPreliminary: Bool
  ) throws -> Report? {
    if isPreliminary {
      return try preliminaries(database, of: study).map(\.report).first { $0.version == version }
    }
    return try Report.fetchOne(
      database, sql: "SELECT * FROM report WHERE study = ? AND version = ? AND version > 0",
      arguments: [study, version])
  }

  /// The report that an item is a document of.
  ///
  /// - Throws: ``StoreError/notFound`` if there is none.
  public func report(of item: OutboxItem) throws(StoreError) -> Report {
    try read { database in
      guard
        let report = try given(
          database, item.study, item.version, isPreliminary: item.isPreliminary)
      else { throw StoreError.notFound }
      return report
    }
  }

  /// Tells whether somebody is still the same person on paper.
  static func fingerprint(_ patient: Patient) -> String {
    fingerprint(patient.id, patient.name, patient.birthDate, patient.sex)
  }

  static func fingerprint(_ parts: String?...) -> String {
    digest(of: Data(parts.map { $0 ?? "" }.joined(separator: "\n").utf8))
  }
}

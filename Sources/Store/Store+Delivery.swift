public import Foundation
import GRDB
public import Radiology

extension Store {
  /// That a version of a report reached a destination.
  public struct Delivery: Codable, Sendable, Hashable {
    public let study: Study.ID
    public let version: Int
    public let destination: String
    /// The document's name at its destination.
    public let fileName: String
    /// SHA-256 of the document, in lowercase hexadecimal.
    public let digest: String
    public let at: Date
  }

  /// Signed reports that have not reached a destination yet, in the order they were signed.
  public func undelivered(to destination: String) throws(StoreError) -> [Report] {
    try read { database in
      try Report.fetchAll(
        database,
        sql: """
          SELECT * FROM report WHERE version > 0 AND NOT EXISTS (
            SELECT 1 FROM delivery WHERE delivery.study = report.study
            AND delivery.version = report.version AND delivery.destination = ?)
          ORDER BY signed, study, version
          """, arguments: [destination])
    }
  }

  /// Notes that a report reached a destination; a second note changes nothing.
  ///
  /// - Throws: ``StoreError/notFound`` if no such version is signed.
  public func markDelivered(
    _ report: Report, to destination: String, fileName: String, digest: String, at date: Date
  ) throws(StoreError) {
    try write { database in
      guard report.isSigned else { throw StoreError.notFound }
      let delivery = Delivery(
        study: report.study, version: report.version, destination: destination,
        fileName: fileName, digest: digest, at: date)
      try database.insert(delivery, or: .ignore)
      guard database.changesCount > 0 else { return }
      try append(
        database, .delivered, "deliver", report.study,
        "Version \(report.version), SHA-256 \(digest.prefix(12))…", date)
    }
  }

  /// Where the reports of a study went.
  public func deliveries(of study: Study.ID) throws(StoreError) -> [Delivery] {
    try read { database in
      try Delivery.fetchAll(
        database, sql: "SELECT * FROM delivery WHERE study = ? ORDER BY at, destination",
        arguments: [study])
    }
  }
}

extension Store.Delivery: StoredRow {
  static var databaseTableName: String { "delivery" }
}

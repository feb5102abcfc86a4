public import Foundation
import GRDB
public import Radiology

extension Store {
  /// A patient whose earlier studies an archive may have.
  public struct PriorSearch: Sendable, Hashable {
    public let patient: Patient.ID
    public let identifier: String
    public let issuer: String
  }

  /// Patients with an unsigned study of whom an archive has not been asked since a moment.
  ///
  /// One without an identifier is never asked for: the archive would answer with everybody.
  public func priorSearches(
    in archive: String, since moment: Date, limit: Int = 50
  ) throws(StoreError) -> [PriorSearch] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT DISTINCT patient.id, patient.identifier, patient.issuer
          FROM patient JOIN study ON study.uid = patient.study
          WHERE patient.identifier <> '' AND NOT study.isSynthetic AND NOT EXISTS
            (SELECT 1 FROM report WHERE report.study = study.uid AND report.version > 0)
          AND NOT EXISTS (
            SELECT 1 FROM priorSearch WHERE priorSearch.patient = patient.id
            AND priorSearch.source = ? AND priorSearch.at >= ?)
          ORDER BY patient.id LIMIT ?
          """, arguments: [archive, moment.timeIntervalSinceReferenceDate, limit])
      return rows.map { PriorSearch(patient: $0[0], identifier: $0[1], issuer: $0[2]) }
    }
  }

  /// Notes which studies an archive has of a patient, in place of what it had before.
  public func save(
    priors: [RemoteStudy], of patient: Patient.ID, from archive: String, at date: Date = Date()
  ) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM prior WHERE patient = ? AND source = ?", arguments: [patient, archive])
      for prior in priors where prior.source == archive {
        try database.insert(prior, with: ["patient": patient], or: .replace)
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO priorSearch (patient, source, at) VALUES (?, ?, ?)",
        arguments: [patient, archive, date.timeIntervalSinceReferenceDate])
    }
  }

  /// Studies of a patient that an archive has and this store has not, the newest first.
  public func priors(of patient: Patient.ID) throws(StoreError) -> [RemoteStudy] {
    try read { database in
      try RemoteStudy.fetchAll(
        database,
        sql: """
          SELECT * FROM prior WHERE patient = ?
          AND NOT EXISTS (SELECT 1 FROM study WHERE study.uid = prior.uid)
          """, arguments: [patient])
    }.sorted(by: RemoteStudy.comesFirst)
  }
}

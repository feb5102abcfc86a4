import Foundation
import GRDB
public import Radiology

extension Store {
  /// Most patients one search tells of.
  static let mostPatients = 50

  /// The patients whom words name, each with all of their studies.
  ///
  /// Every word has to be in the name, or to begin the patient's number or an accession number of
  /// theirs. Fewer than two characters name nobody: the answer would be everybody.
  public func search(for words: String) throws(StoreError) -> PatientSearch {
    let tokens = words.split(whereSeparator: { $0.isWhitespace || $0 == "^" || $0 == "," })
    guard tokens.reduce(0, { $0 + $1.count }) >= 2 else {
      return PatientSearch(words: words, studies: [], isCut: false)
    }
    let patterns = tokens.map { token in
      token.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
    let condition = patterns.map { _ in
      """
      (patient.name LIKE '%' || ? || '%' ESCAPE '\\' OR patient.identifier LIKE ? || '%' ESCAPE '\\'
        OR study.accession LIKE ? || '%' ESCAPE '\\')
      """
    }.joined(separator: " AND ")
    let placed = StatementArguments(patterns.flatMap { [String](repeating: String($0), count: 3) })
    return try read { database in
      let found = try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT patient.id FROM patient JOIN study ON study.uid = patient.study
          WHERE \(condition) LIMIT \(Store.mostPatients + 1)
          """, arguments: placed)
      var histories: [[FoundStudy]] = []
      for patient in found.prefix(Store.mostPatients) {
        histories.append(try history(database, of: patient))
      }
      histories.sort { Self.name(of: $0) < Self.name(of: $1) }
      return PatientSearch(
        words: words, studies: histories.flatMap(\.self), isCut: found.count > Store.mostPatients)
    }
  }

  /// What a patient's studies are sorted by among others': the name, and the number of two namesakes.
  private static func name(of history: [FoundStudy]) -> String {
    history.first.map { "\($0.patient.name)\n\($0.patient.id)" } ?? ""
  }

  /// One study as a search would tell of it.
  ///
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func foundStudy(_ study: Study.ID) throws(StoreError) -> FoundStudy {
    try read { database in
      guard let row = try Study.fetchOne(database, key: study),
        let patient = try Patient.fetchOne(database, key: study)
      else { throw StoreError.notFound }
      return try found(database, row, patient)
    }
  }

  /// The studies of a patient, the newest first.
  private func history(_ database: Database, of patient: Patient.ID) throws -> [FoundStudy] {
    try Study.fetchAll(
      database,
      sql: """
        SELECT study.* FROM study JOIN patient ON patient.study = study.uid
        WHERE patient.id = ? ORDER BY study.date DESC, study.arrived DESC, study.uid LIMIT 200
        """, arguments: [patient]
    ).compactMap { study in
      try Patient.fetchOne(database, key: study.uid).map { try found(database, study, $0) }
    }
  }

  private func found(
    _ database: Database, _ study: Study, _ patient: Patient
  ) throws -> FoundStudy {
    let reports = try Report.fetchAll(
      database, sql: "SELECT * FROM report WHERE study = ? ORDER BY version", arguments: [study.uid]
    )
    if let signed = reports.last(where: \.isSigned) {
      return FoundStudy(
        study: study, patient: patient, standing: signed.version > 1 ? .addendum : .final,
        author: signed.author, signed: signed.signed)
    }
    let isPreliminary = reports.contains { $0.state == .preliminary }
    return FoundStudy(
      study: study, patient: patient, standing: isPreliminary ? .preliminary : .none)
  }

  /// Where the reports of a study went, for those who wait for one.
  public func dispatches(of study: Study.ID) throws(StoreError) -> [Dispatch] {
    try deliveries(of: study).map {
      Dispatch(version: $0.version, destination: $0.destination, fileName: $0.fileName, at: $0.at)
    }
  }

  /// What was exported of a study by hand, the newest first.
  public func exports(of study: Study.ID, limit: Int = 20) throws(StoreError) -> [AuditEvent] {
    try read { database in
      try AuditEvent.fetchAll(
        database,
        sql: """
          SELECT * FROM audit WHERE study = ? AND kind = 'exported' ORDER BY number DESC LIMIT ?
          """, arguments: [study, limit])
    }
  }
}

import Foundation
import GRDB
public import Radiology

extension Store {
  /// Most patients, and most studies, one search tells of.
  static let mostPatients = 50
  static let mostStudies = 200

  /// What a search looks through: one narrow index, whatever else is known of a study.
  static let named = """
    CREATE INDEX entry_named ON entry (
      \([WorklistFilter.Field.patient, .id, .accession].map(\.column).joined(separator: ", ")), study);

    """

  /// The patients whom words name, each with their studies.
  ///
  /// Every word has to be in the name, or to begin the patient's number or an accession number of
  /// theirs; upper and lower case are the same. Fewer than two characters name nobody: the answer
  /// would be everybody.
  public func search(for words: String) throws(StoreError) -> PatientSearch {
    let tokens = words.split(whereSeparator: { $0.isWhitespace || $0 == "^" || $0 == "," })
      .map { WorklistFilter.folded(String($0)) }
    guard tokens.reduce(0, { $0 + $1.count }) >= 2 else {
      return PatientSearch(words: words, studies: [], isCut: false)
    }
    let condition = tokens.map { _ in Self.isNamed }.joined(separator: " AND ")
    let placed = StatementArguments(tokens.flatMap { [String](repeating: $0, count: 5) })
    return try read { database in
      let found = try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT patient.id FROM entry INDEXED BY entry_named
          JOIN patient ON patient.study = entry.study
          WHERE \(condition) LIMIT \(Store.mostPatients + 1)
          """, arguments: placed)
      var histories: [[FoundStudy]] = []
      var room = Store.mostStudies
      for patient in found.prefix(Store.mostPatients) where room > 0 {
        let history = try history(database, of: patient, limit: room)
        room -= history.count
        histories.append(history)
      }
      histories.sort { Self.name(of: $0) < Self.name(of: $1) }
      return PatientSearch(
        words: words, studies: histories.flatMap(\.self),
        isCut: found.count > Store.mostPatients || room == 0)
    }
  }

  /// Whether a word names an entry; takes it five times.
  private static let isNamed: String = {
    let begins = [WorklistFilter.Field.id, .accession].map { field in
      "substr(\(field.column), 1, length(?)) = ?"
    }
    return "(instr(\(WorklistFilter.Field.patient.column), ?) OR "
      + begins.joined(separator: " OR ") + ")"
  }()

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
  private func history(
    _ database: Database, of patient: Patient.ID, limit: Int
  ) throws -> [FoundStudy] {
    try Study.fetchAll(
      database,
      sql: """
        SELECT study.* FROM study JOIN patient ON patient.study = study.uid
        WHERE patient.id = ? ORDER BY study.date DESC, study.arrived DESC, study.uid LIMIT ?
        """, arguments: [patient, limit]
    ).compactMap { study in
      try Patient.fetchOne(database, key: study.uid).map { try found(database, study, $0) }
    }
  }

  private func found(
    _ database: Database, _ study: Study, _ patient: Patient
  ) throws -> FoundStudy {
    // The words of a report may be long: they are read by whoever opens it.
    let reports = try Row.fetchAll(
      database, sql: "SELECT version, author, signed FROM report WHERE study = ?",
      arguments: [study.uid])
    let signed = reports.filter { $0["version"] > 0 }.max { $0["version"] < $1["version"] as Int }
    if let signed {
      return FoundStudy(
        study: study, patient: patient, standing: signed["version"] > 1 ? .addendum : .final,
        author: signed["author"],
        signed: (signed["signed"] as Double?).map(Date.init(timeIntervalSinceReferenceDate:)))
    }
    let isPreliminary =
      try Row.fetchOne(
        database, sql: "SELECT 1 FROM preliminary WHERE study = ? LIMIT 1", arguments: [study.uid])
      != nil
    return FoundStudy(
      study: study, patient: patient, standing: isPreliminary ? .preliminary : .none)
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

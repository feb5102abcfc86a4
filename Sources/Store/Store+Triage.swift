import GRDB
public import Radiology

extension Store {
  /// Unsigned studies a model has to look at, the most urgent and the longest waiting first.
  ///
  /// These are the studies without a triage, those that got another readable image since, and,
  /// where a model is named, those that were last triaged by another one. A study that was
  /// triaged while the named model was the active one does not come again, even if the result
  /// names no model because none could judge.
  public func untriaged(
    by model: ModelVersion.ID? = nil, limit: Int = 100
  ) throws(StoreError) -> [Study] {
    try read { database in
      try Study.fetchAll(
        database,
        sql: """
          SELECT study.* FROM study LEFT JOIN triage ON triage.number =
            (SELECT max(number) FROM triage AS each WHERE each.study = study.uid)
          WHERE NOT EXISTS
            (SELECT 1 FROM report WHERE report.study = study.uid AND report.version > 0)
          AND (triage.number IS NULL OR triage.images < (\(Self.readable))
            OR (:model IS NOT NULL AND triage.model IS NOT :model
              AND triage.activeModel IS NOT :model))
          ORDER BY CASE study.priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END,
            study.arrived, study.uid
          LIMIT :limit
          """, arguments: ["model": model, "limit": limit])
    }
  }

  /// Adds a result to a study's history; it is the one shown from now on.
  ///
  /// What a reader decided already stays as it is.
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func save(_ triage: Triage) throws(StoreError) {
    try write { database in
      let images = try Int.fetchOne(
        database, sql: "SELECT (\(Self.readable)) FROM study WHERE uid = ?",
        arguments: [triage.study])
      try database.insert(
        triage, with: ["activeModel": activeModel(database)?.id, "images": images ?? 0])
      try append(
        database, .triaged, "triage", triage.study,
        "\(triage.triageClass.rawValue), \(triage.findings.count) regions, "
          + (triage.model.map { "model \($0.prefix(12))" } ?? "no model"))
    }
  }

  /// The newest result of a study.
  public func triage(of study: Study.ID) throws(StoreError) -> Triage? {
    try read { try triage($0, of: study) }
  }

  func triage(_ database: Database, of study: Study.ID) throws -> Triage? {
    try Triage.fetchOne(
      database, sql: "SELECT * FROM triage WHERE study = ? ORDER BY number DESC LIMIT 1",
      arguments: [study])
  }

  /// Readable images of a study.
  private static let readable = """
    SELECT count(*) FROM instance
    WHERE instance.study = study.uid AND instance.refusal IS NULL
    """
}

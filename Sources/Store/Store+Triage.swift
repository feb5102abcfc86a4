public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Unsigned studies a model has to look at, the most urgent and the longest waiting first.
  ///
  /// A study of which more images may come is not among them: half a study is not judged.
  ///
  /// These are the studies without a triage, those that got another readable image since, those of
  /// which objects are missing now and were not then or the other way round, normal ones with an
  /// image that cannot be read, those that somebody wants to be read again, and, where a model is
  /// named, those that were last triaged by another one. A result that names no model, because none could judge, counts as that of the model that
  /// was active.
  public func untriaged(
    by model: ModelVersion.ID? = nil, limit: Int = 100, at date: Date = Date()
  ) throws(StoreError) -> [Study] {
    try read { database in
      try Study.fetchAll(
        database,
        sql: """
          SELECT study.* \(Self.untriaged)
          ORDER BY CASE study.priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END,
            study.arrived, study.uid
          LIMIT :limit
          """,
        arguments: [
          "model": model, "limit": limit, "now": date.timeIntervalSinceReferenceDate,
        ])
    }
  }

  /// What there was to see when a study was looked at.
  public struct Look: Sendable, Hashable {
    /// The active model; none if there was none.
    public let model: ModelVersion.ID?
    /// How many images could be read.
    public let images: Int
    /// How many objects the archive had besides, that are not here.
    public let missing: Int

    public init(model: ModelVersion.ID?, images: Int, missing: Int = 0) {
      self.model = model
      self.images = images
      self.missing = missing
    }
  }

  /// Adds a result to a study's history; it is the one shown from now on.
  ///
  /// What a reader decided already stays as it is. What was looked at is what there is now unless
  /// `look` says otherwise: an image that arrived in between has not been judged. Where the newest
  /// result is the same model's, of the same images, another process was faster and nothing is
  /// added.
  /// - Returns: whether the result was added.
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  @discardableResult
  public func save(_ triage: Triage, after look: Look? = nil) throws(StoreError) -> Bool {
    try write { try save($0, triage, after: look) }
  }

  /// Adds the results of many studies, of what there is now, in one transaction.
  public func save(_ triages: [Triage]) throws(StoreError) {
    try write { database in for triage in triages { try save(database, triage, after: nil) } }
  }

  @discardableResult
  private func save(_ database: Database, _ triage: Triage, after look: Look?) throws -> Bool {
    let look = try look ?? self.look(database, at: triage.study)
    let isAskedAgain = try forgetAgain(database, triage.study)
    guard try isAskedAgain || !isKnown(database, triage, look) else { return false }
    try database.insert(
      triage,
      with: ["activeModel": look.model, "images": look.images, "missing": look.missing])
    try append(
      database, .triaged, "triage", triage.study,
      "\(triage.triageClass.rawValue), \(triage.findings.count) regions, "
        + (triage.model.map { "model \($0.prefix(12))" } ?? "no model"))
    return true
  }

  private func look(_ database: Database, at study: Study.ID) throws -> Look {
    let row = try Row.fetchOne(
      database, sql: "SELECT (\(Self.readable)), (\(Self.missing)) FROM study WHERE uid = ?",
      arguments: [study])
    return Look(
      model: try activeModel(database)?.id, images: row?[0] ?? 0, missing: row?[1] ?? 0)
  }

  private func isKnown(_ database: Database, _ triage: Triage, _ look: Look) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: """
        SELECT model IS :model AND activeModel IS :active AND images >= :images
          AND (missing > 0) IS (:missing > 0)
          AND (triageClass IS :class OR triageClass <> 'normal') FROM triage
        WHERE study = :study ORDER BY number DESC LIMIT 1
        """,
      arguments: [
        "model": triage.model, "active": look.model, "images": look.images,
        "missing": look.missing, "class": triage.triageClass.rawValue, "study": triage.study,
      ]) ?? false
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

  /// Where ``untriaged(by:limit:at:)`` finds its studies; takes `now` and `model`.
  ///
  /// The agent asks every two seconds, and what is signed grows for years: it is not looked at. The
  /// worklist's index says what is not signed, but of studies that changed since only that they did.
  static let untriaged = """
    FROM (SELECT study AS uid FROM entry WHERE isSigned = 0 UNION SELECT study FROM stale)
      CROSS JOIN study USING (uid)
    LEFT JOIN triage ON triage.number =
      (SELECT max(number) FROM triage AS each WHERE each.study = study.uid)
    WHERE study.settles <= :now AND NOT EXISTS
      (SELECT 1 FROM report WHERE report.study = study.uid AND report.version > 0)
    AND (triage.number IS NULL OR triage.images < (\(Store.readable))
      OR (triage.missing > 0) IS NOT (coalesce((\(Store.missing)), 0) > 0)
      OR (triage.triageClass = 'normal' AND EXISTS (SELECT 1 FROM instance
        WHERE instance.study = study.uid AND refusal IS NOT NULL AND format <> 'document'))
      OR EXISTS (SELECT 1 FROM again WHERE again.study = study.uid)
      OR (:model IS NOT NULL AND coalesce(triage.model, triage.activeModel) IS NOT :model))
    """

  /// Objects of a study that its archive has and this store has not; 0 where nobody counted.
  static let missing = """
    SELECT max(0, expectation.instances
      - (SELECT count(*) FROM instance WHERE instance.study = study.uid))
    FROM expectation WHERE expectation.study = study.uid
    """

  /// Readable images of a study.
  private static let readable = """
    SELECT count(*) FROM instance
    WHERE instance.study = study.uid AND instance.refusal IS NULL
    """
}

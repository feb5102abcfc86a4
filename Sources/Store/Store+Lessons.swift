public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Stores a lesson, in place of an older one of the same image.
  ///
  /// - Throws: ``StoreError/patientInTwoParts`` if the patient's lessons belong to another part;
  ///   ``StoreError/notFound`` if the study is not stored.
  public func save(_ lesson: Lesson) throws(StoreError) {
    try save([lesson])
  }

  /// Stores all of the lessons, or none; one that teaches what is stored already is not logged again.
  public func save(_ lessons: [Lesson]) throws(StoreError) {
    try write { database in
      for lesson in lessons {
        guard let patient = try Patient.fetchOne(database, key: lesson.study) else {
          throw StoreError.notFound
        }
        let part = try part(database, of: patient.id)
        guard part == nil || part == lesson.part else { throw StoreError.patientInTwoParts }
        let known = try Lesson.fetchOne(database, key: lesson.instance)
        try database.insert(lesson, or: .replace)
        if known?.teaches(lesson) == true { continue }
        try append(
          database, .lessonMade, lesson.teacher, lesson.study, lesson.part.rawValue, lesson.made)
      }
    }
  }

  /// Lessons in the order of their image's UID, which is the same at every call.
  ///
  /// Unless somebody asks otherwise, those whose study has no consent, or no longer, are left out.
  public func lessons(
    part: Lesson.Part? = nil, consentedOnly: Bool = true
  ) throws(StoreError) -> [Lesson] {
    try read { database in
      try Lesson.fetchAll(
        database,
        sql: """
          SELECT lesson.* FROM lesson JOIN study ON study.uid = lesson.study
          WHERE (:part IS NULL OR lesson.part = :part)
          AND (NOT :consented OR study.consent = 'given') ORDER BY lesson.instance
          """, arguments: ["part": part, "consented": consentedOnly])
    }
  }

  /// The part a patient's lessons belong to; none if there are no lessons yet.
  public func part(of patient: Patient.ID) throws(StoreError) -> Lesson.Part? {
    try read { try part($0, of: patient) }
  }

  private func part(_ database: Database, of patient: Patient.ID) throws -> Lesson.Part? {
    try Lesson.Part.fetchOne(
      database,
      sql: """
        SELECT lesson.part FROM patient JOIN lesson ON lesson.study = patient.study
        WHERE patient.id = ? LIMIT 1
        """, arguments: [patient])
  }

  /// Signed studies with consent and an image that was signed and can teach, and no lesson since
  /// the last signature or the last word of a second look.
  public func unlearned(limit: Int = 100) throws(StoreError) -> [Study] {
    try read { database in
      try Study.fetchAll(
        database,
        sql: """
          SELECT study.* \(Self.unlearned)
          ORDER BY max(report.signed), study.uid LIMIT ?
          """, arguments: [limit])
    }
  }

  /// Where ``unlearned(limit:)`` finds its studies.
  static let unlearned = """
    FROM study JOIN report ON report.study = study.uid
    WHERE study.consent = 'given'
    AND EXISTS (SELECT 1 FROM instance WHERE instance.study = study.uid
      AND (\(Store.seen)) AND \(teaching))
    GROUP BY study.uid HAVING max(max(report.signed), coalesce((SELECT changed
      FROM secondLook WHERE secondLook.study = study.uid
      ORDER BY number DESC LIMIT 1), -1e300)) > coalesce(
      (SELECT max(made) FROM lesson WHERE lesson.study = study.uid), -1e300)
    """

  /// What `Instance.canTeach` says, of a row.
  private static let teaching: String = {
    let kinds = Caveat.Kind.allCases.filter(\.preventsJudging).map { "'\($0.rawValue)'" }
    return """
      instance.refusal IS NULL AND instance.frames = 1 AND NOT EXISTS (
        SELECT 1 FROM json_each(instance.caveats)
        WHERE json_extract(json_each.value, '$.kind') IN (\(kinds.joined(separator: ", "))))
      """
  }()

  /// Records what a patient allows; lessons of a study without consent are no longer handed out.
  ///
  /// - Throws: ``StoreError/notFound`` if there is no such study.
  public func setConsent(
    _ study: Study.ID, _ consent: Consent, by actor: String, at date: Date = Date()
  ) throws(StoreError) {
    try write { database in
      guard let before = try Study.fetchOne(database, key: study)?.consent else {
        throw StoreError.notFound
      }
      if before == consent { return }
      try database.execute(
        sql: "UPDATE study SET consent = ? WHERE uid = ?", arguments: [consent, study])
      try append(
        database, .consentChanged, actor, study, "\(before.rawValue) to \(consent.rawValue)", date)
    }
  }
}

extension Lesson {
  /// Whether the two differ in nothing but when they were made.
  fileprivate func teaches(_ other: Lesson) -> Bool {
    self
      == Lesson(
        study: other.study, instance: other.instance, digest: other.digest,
        isSuspicious: other.isSuspicious, regions: other.regions, weight: other.weight,
        part: other.part, teacher: other.teacher, made: made)
  }
}

import Foundation
import GRDB
import Radiology

/// Decides, inside one transaction, what becomes of each object that arrives.
struct IntakeDesk {
  let store: Store
  let database: Database
  /// Who is logged; none for whoever sent the objects.
  let actor: String?
  let date: Date
  /// From this moment on nothing more of the study is waited for.
  let settles: Date

  /// What an object that arrives is beside what is stored.
  private enum Standing {
    case new, unchanged, conflicting
    /// It can be read, and what is stored under its UID cannot; that one's digest.
    case mends(String)
  }

  func take(_ intake: Store.Intake, _ outcome: inout Store.IntakeOutcome) throws {
    let uid = intake.study.uid
    if let known = try Study.fetchOne(database, key: uid), known.patient != intake.patient.id {
      guard try isAllThereIs(intake) else {
        for instance in intake.instances {
          try setAside(instance, of: intake, .otherPatient, &outcome)
        }
        return
      }
      try rename(intake)
    }
    let before = outcome.added
    var hasImages = false
    for instance in intake.instances {
      let count = outcome.added
      try take(instance, of: intake, &outcome)
      if outcome.added > count, !instance.isDocument { hasImages = true }
    }
    if outcome.added > before {
      try log(.imported, intake, "\(outcome.added - before) objects from \(intake.sources)")
      if hasImages { try store.queueLate(database, uid, at: date) }
      try warnIfSigned(intake, outcome.added - before)
      try wait(for: uid)
      try store.attach(database, ordersTo: uid)
      try failIfBlind(uid)
    }
  }

  private func take(
    _ instance: Instance, of intake: Store.Intake, _ outcome: inout Store.IntakeOutcome
  ) throws {
    switch try standing(of: instance) {
    case .unchanged: outcome.unchanged += 1
    case .conflicting: try setAside(instance, of: intake, .otherContent, &outcome)
    case .mends(let digest):
      // It may come in another series than the one it mends.
      for series in intake.series { try database.insert(series, or: .ignore) }
      try instance.update(database)
      try noteArrival(of: instance)
      if digest != instance.digest {
        try log(.imported, intake, Self.replacement(of: digest))
      }
      outcome.added += 1
    case .new:
      try insert(instance, of: intake)
      outcome.added += 1
    }
  }

  private func standing(of instance: Instance) throws -> Standing {
    guard let known = try Instance.fetchOne(database, key: instance.uid) else { return .new }
    guard known.study == instance.study else { return .conflicting }
    if !known.isReadable, !known.isDocument, instance.isReadable { return .mends(known.digest) }
    if known.holdsTheSame(as: instance) { return .unchanged }
    return try isReplaced(instance) ? .unchanged : .conflicting
  }

  private func insert(_ instance: Instance, of intake: Store.Intake) throws {
    try introduce(intake.study, with: instance)
    try database.insert(intake.patient, with: ["study": intake.study.uid], or: .ignore)
    for series in intake.series { try database.insert(series, or: .ignore) }
    try database.insert(instance)
    try noteArrival(of: instance)
    if let refusal = instance.refusal { try log(.refused, intake, refusal) }
  }

  /// Writes down when an object came: after the signature if there is one, whatever the clock says.
  private func noteArrival(of instance: Instance) throws {
    let signed = try signature(of: instance.study)
    let moment = max(date.timeIntervalSinceReferenceDate, signed?.nextUp ?? -.infinity)
    try database.execute(
      sql: "UPDATE instance SET stored = ? WHERE uid = ?", arguments: [moment, instance.uid])
  }

  /// When the study was signed last, in seconds as the store counts them.
  private func signature(of study: Study.ID) throws -> Double? {
    try Double.fetchOne(
      database, sql: "SELECT max(signed) FROM report WHERE study = ? AND version > 0",
      arguments: [study])
  }

  /// What was signed does not speak of these objects; whoever reads the log has to know.
  private func warnIfSigned(_ intake: Store.Intake, _ count: Int) throws {
    guard try signature(of: intake.study.uid) != nil else { return }
    let objects = count == 1 ? "1 object" : "\(count) objects"
    try log(.imported, intake, "\(objects) came after the report was signed")
  }

  /// Makes the study's row; where it has none but documents, its first image says what it is of.
  private func introduce(_ study: Study, with instance: Instance) throws {
    let isKnown = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM instance WHERE study = ? AND format <> 'document')
        """, arguments: [study.uid])
    if instance.format != .document, isKnown == false {
      try database.execute(
        sql: """
          UPDATE study SET modality = ?, bodyPart = ?, view = ?, age = coalesce(?, age)
          WHERE uid = ?
          """, arguments: [study.modality, study.bodyPart, study.view, study.age, study.uid])
    }
    try database.insert(study, or: .ignore)
    // The youngest age any image states: no child is judged because another image does not say it.
    try database.execute(
      sql: "UPDATE study SET age = min(coalesce(age, ?1), ?1) WHERE uid = ?2 AND ?1 IS NOT NULL",
      arguments: [study.age, study.uid])
  }

  /// A study counts as complete some time after its last object came.
  private func wait(for study: Study.ID) throws {
    try database.execute(
      sql: "UPDATE study SET settles = max(settles, ?), revision = revision + 1 WHERE uid = ?",
      arguments: [settles.timeIntervalSinceReferenceDate, study])
  }

  // MARK: - What gives way

  private static func replacement(of digest: String) -> String {
    "An object that can be read took the place of one that could not, SHA-256 \(digest)"
  }

  /// Whether the object gave way to one that can be read; the log remembers it.
  private func isReplaced(_ instance: Instance) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM audit WHERE study = ? AND kind = 'imported' AND detail = ?)
        """,
      arguments: [instance.study, Self.replacement(of: instance.digest)]) ?? false
  }

  /// Whether nothing stored of the study outlasts the intake, and nobody has read it yet.
  ///
  /// Only then may its patient be named anew: a picture that came without its manifest has none.
  private func isAllThereIs(_ intake: Store.Intake) throws -> Bool {
    let readable = Set(intake.instances.filter(\.isReadable).map(\.uid))
    let stored = try Instance.fetchAll(
      database, sql: "SELECT * FROM instance WHERE study = ?", arguments: [intake.study.uid])
    let isRead = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM review WHERE study = :study)
        OR EXISTS (SELECT 1 FROM report WHERE study = :study)
        """, arguments: ["study": intake.study.uid])
    return stored.allSatisfy { !$0.isReadable && !$0.isDocument && readable.contains($0.uid) }
      && isRead == false
  }

  private func rename(_ intake: Store.Intake) throws {
    try intake.study.update(database)
    try database.execute(
      sql: "UPDATE study SET request = NULL WHERE uid = ?", arguments: [intake.study.uid])
    try database.insert(intake.patient, with: ["study": intake.study.uid], or: .replace)
    for series in intake.series { try series.save(database) }
    try log(.imported, intake, "Patient and study as the readable object names them")
  }

  // MARK: - What is refused

  /// Makes a row of its own for an object that may not join its study.
  private func setAside(
    _ instance: Instance, of intake: Store.Intake, _ reason: Store.Conflict.Reason,
    _ outcome: inout Store.IntakeOutcome
  ) throws {
    let aside = intake.aside(instance, because: reason)
    outcome.conflicts.append(
      Store.Conflict(instance: instance.uid, row: aside.study.uid, reason: reason))
    for instance in aside.instances
    where try Instance.fetchOne(database, key: instance.uid) == nil {
      try insert(instance, of: aside)
      if reason == .otherPatient {
        try store.doubtPatient(
          database, of: intake.study.uid, other: intake.patient.id,
          because: "An image of the study came that names another patient.", at: date)
      }
      try failIfBlind(aside.study.uid)
    }
  }

  /// Settles a study that shows nothing: no model is needed to say so, and nobody waits for one.
  ///
  /// It has failed, unless it is of documents alone; an unreadable image that joins those fails it
  /// after all.
  private func failIfBlind(_ study: Study.ID) throws {
    let triage = try store.triage(database, of: study)
    guard triage == nil || triage?.isOfDocuments == true,
      try Bool.fetchOne(
        database,
        sql: "SELECT EXISTS (SELECT 1 FROM instance WHERE study = ? AND refusal IS NULL)",
        arguments: [study]) == false,
      let first = try Row.fetchOne(
        database,
        sql: """
          SELECT refusal, format = 'document' FROM instance WHERE study = ?
          ORDER BY format = 'document', rowid LIMIT 1
          """, arguments: [study])
    else { return }
    let (reason, isDocument): (String, Bool) = (first[0], first[1])
    if isDocument, triage != nil { return }
    try database.insert(
      isDocument
        ? Triage(ofDocumentsIn: study, made: date)
        : Triage(study: study, refused: .failed(reason), model: nil, made: date),
      with: ["activeModel": store.activeModel(database)?.id, "images": 0])
  }

  private func log(_ kind: AuditEvent.Kind, _ intake: Store.Intake, _ detail: String) throws {
    try store.append(database, kind, actor ?? intake.sources, intake.study.uid, detail, date)
  }
}

extension Store.Intake {
  /// Who sent its objects, for the log.
  fileprivate var sources: String { Set(instances.map(\.source)).sorted().joined(separator: ", ") }
}

extension Instance {
  /// Whether both are the same object, however each was sent.
  fileprivate func holdsTheSame(as other: Instance) -> Bool {
    digest == other.digest || !content.isEmpty && content == other.content
  }
}

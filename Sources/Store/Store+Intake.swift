public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Everything an import learned of one study.
  public struct Intake: Sendable, Hashable {
    public let patient: Patient
    public let study: Study
    public let series: [Series]
    public let instances: [Instance]

    public init(patient: Patient, study: Study, series: [Series], instances: [Instance]) {
      precondition(study.patient == patient.id, "an intake's study shows its patient")
      precondition(
        series.allSatisfy { $0.study == study.uid }, "an intake's series are of its study")
      precondition(
        instances.allSatisfy { $0.study == study.uid }, "an intake's instances are of its study")
      self.patient = patient
      self.study = study
      self.series = series
      self.instances = instances
    }
  }

  /// What an intake came to, counted in instances.
  public struct IntakeOutcome: Sendable, Hashable {
    /// New, or readable now where they were not before.
    public var added = 0
    /// There already, byte for byte.
    public var unchanged = 0
    /// Refused: their UID belongs to other bytes, or their study to another patient.
    public var conflicts: [Instance.ID] = []

    public var conflicting: Int { conflicts.count }
  }

  /// Stores a study, or adds what is new of it.
  ///
  /// Nothing that is there is overwritten: the first object of a UID is kept, and one with the
  /// same UID and other bytes is refused and reported. Saving the same intake again changes
  /// nothing.
  @discardableResult
  public func save(
    _ intake: Intake, by actor: String = "import", at date: Date = Date()
  ) throws(StoreError) -> IntakeOutcome {
    try save([intake], by: actor, at: date)
  }

  /// Stores many studies at once, or none; what they came to is added up.
  ///
  /// A transaction waits for the disk, so many studies in one are much faster than one in each.
  @discardableResult
  public func save(
    _ intakes: [Intake], by actor: String = "import", at date: Date = Date()
  ) throws(StoreError) -> IntakeOutcome {
    try write { database in
      var outcome = IntakeOutcome()
      for intake in intakes { try add(intake, database, &outcome, actor, date) }
      return outcome
    }
  }

  private func add(
    _ intake: Intake, _ database: Database, _ outcome: inout IntakeOutcome, _ actor: String,
    _ date: Date
  ) throws {
    let uid = intake.study.uid
    if let known = try Study.fetchOne(database, key: uid), known.patient != intake.patient.id {
      outcome.conflicts += intake.instances.map(\.uid)
      return try append(
        database, .refused, actor, uid, "The study is stored for another patient already", date)
    }
    try database.insert(intake.study, or: .ignore)
    try database.insert(intake.patient, with: ["study": uid], or: .ignore)
    for series in intake.series { try database.insert(series, or: .ignore) }
    let before = outcome.added
    for instance in intake.instances { try add(instance, database, &outcome, actor, date) }
    if outcome.added > before {
      try append(database, .imported, actor, uid, "\(outcome.added - before) objects", date)
    }
  }

  private func add(
    _ instance: Instance, _ database: Database, _ outcome: inout IntakeOutcome, _ actor: String,
    _ date: Date
  ) throws {
    if let known = try Instance.fetchOne(database, key: instance.uid) {
      guard known.digest == instance.digest, known.study == instance.study else {
        outcome.conflicts.append(instance.uid)
        return try append(
          database, .refused, actor, instance.study,
          "An object with a known SOP Instance UID and other content was refused", date)
      }
      guard !known.isReadable, instance.isReadable else { return outcome.unchanged += 1 }
      // The same bytes, and this version of the program can read them.
      try instance.update(database)
    } else {
      try database.insert(instance)
      if let refusal = instance.refusal {
        try append(database, .refused, actor, instance.study, refusal, date)
      }
    }
    outcome.added += 1
  }
}

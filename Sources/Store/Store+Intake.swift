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
    /// Refused, each with a row of its own that says why.
    public var conflicts: [Conflict] = []

    mutating func add(_ other: IntakeOutcome) {
      added += other.added
      unchanged += other.unchanged
      conflicts += other.conflicts
    }
  }

  /// Stores a study, or adds what is new of it.
  ///
  /// Nothing that can be read is overwritten: the first such object of a UID is kept, and one with
  /// the same UID and other bytes becomes a row of its own with the reason. An object that could
  /// not be read gives way to one that can. A study without any picture is failed at once. Saving
  /// the same intake again changes nothing.
  ///
  /// The log names `actor`, or else the sender of the objects.
  ///
  /// `patience` is how many seconds after its last object a study is taken for complete; until then
  /// ``untriaged(by:limit:at:)`` leaves it out.
  @discardableResult
  public func save(
    _ intake: Intake, by actor: String? = nil, at date: Date = Date(),
    patience: TimeInterval = 0
  ) throws(StoreError) -> IntakeOutcome {
    var outcome = IntakeOutcome()
    for next in try save([intake], by: actor, at: date, patience: patience) { outcome.add(next) }
    return outcome
  }

  /// Stores many studies at once, or none.
  ///
  /// A transaction waits for the disk, so many studies in one are much faster than one in each.
  /// - Returns: what each intake came to, in their order.
  @discardableResult
  public func save(
    _ intakes: [Intake], by actor: String? = nil, at date: Date = Date(),
    patience: TimeInterval = 0
  ) throws(StoreError) -> [IntakeOutcome] {
    try write { database in
      let desk = IntakeDesk(
        store: self, database: database, actor: actor, date: date,
        settles: date.addingTimeInterval(patience))
      return try intakes.map { intake in
        var outcome = IntakeOutcome()
        try desk.take(intake, &outcome)
        return outcome
      }
    }
  }
}

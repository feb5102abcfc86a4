public import Foundation

/// How far a study has come; follows from what the store holds about it.
public enum StudyState: String, Codable, Sendable, CaseIterable {
  /// Stored, not yet looked at by a model.
  case received
  /// Triaged, not yet opened by a reader.
  case unread
  /// A reader has begun.
  case reading
  /// Signed.
  case final
  /// Signed, with an addendum.
  case addendum

  public var isSigned: Bool { self == .final || self == .addendum }
}

/// One line of the worklist: a study with all that decides where it stands.
public struct WorklistRow: Codable, Sendable, Hashable, Identifiable {
  public let study: Study
  public let patient: Patient
  public let triage: Triage?
  public let review: Review?
  public let state: StudyState
  /// Objects of the study that arrived and should have a picture, and how many of them have one.
  public let instances: Int
  public let readable: Int
  /// Reports, presentation states and the like, which have none.
  public let documents: Int
  /// Images that came after the newest signature: the report says nothing of them.
  public let late: Int
  /// How many objects an archive says there are, where one was asked.
  public let expected: Int?
  /// From this moment on nothing more is waited for.
  public let settles: Date
  /// What it was asked for, where a worklist says so.
  public let order: Order?
  /// Who has it open now; nobody else writes to it meanwhile.
  public var owner: Owner?
  /// How far its newest second look has come; none if nobody wants one.
  public var secondLook: SecondLook.State?

  public var id: Study.ID { study.uid }

  public init(
    study: Study, patient: Patient, triage: Triage?, review: Review?, state: StudyState,
    instances: Int, readable: Int, documents: Int = 0, late: Int = 0,
    expected: Int? = nil, settles: Date = .distantPast, order: Order? = nil
  ) {
    self.study = study
    self.patient = patient
    self.triage = triage
    self.review = review
    self.state = state
    self.instances = instances
    self.readable = readable
    self.documents = documents
    self.late = late
    self.expected = expected
    self.settles = settles
    self.order = order
  }

  /// Whether more images may come: some did a moment ago.
  public func isArriving(at now: Date) -> Bool { now < settles }
  /// How many objects the archive has and this store has not.
  public var missing: Int { max(0, (expected ?? 0) - instances - documents) }

  /// How much of it there is to see.
  public func completeness(at now: Date) -> Completeness {
    Completeness(
      instances: instances, readable: readable, missing: missing, isArriving: isArriving(at: now))
  }

  /// The model's class; a study nobody could look at yet has none.
  public var triageClass: TriageClass? { triage?.triageClass }
  public var probability: Double? { triage?.probability }
  /// Regions to look at again: the reader's list once there is one, the model's until then.
  public var regions: [Finding] { review?.findings ?? triage?.findings ?? [] }
}

extension WorklistRow {
  /// Where the row stands in the list: what needs a reader first comes first.
  ///
  /// The order is: unsigned before signed; then clinical priority, which the model can never
  /// lower; then suspicious, studies no model may judge (failed, undetermined or not triaged
  /// yet), normal with a region, and normal. Within one class the more probable comes first, and
  /// the one that has waited longer. Of the signed ones, those with an image that came after the
  /// signature come first.
  public static func comesFirst(_ a: WorklistRow, _ b: WorklistRow) -> Bool {
    if a.state.isSigned != b.state.isSigned { return b.state.isSigned }
    if a.state.isSigned, (a.late > 0) != (b.late > 0) { return a.late > 0 }
    if a.study.priority != b.study.priority { return a.study.priority < b.study.priority }
    if a.urgency != b.urgency { return a.urgency < b.urgency }
    let left = a.probability ?? 0
    let right = b.probability ?? 0
    if left != right { return left > right }
    if a.study.arrived != b.study.arrived { return a.study.arrived < b.study.arrived }
    return a.study.uid < b.study.uid
  }

  private var urgency: Int {
    switch triageClass {
    case .suspicious: 0
    case .failed, .undetermined, nil: 1
    // Something of it was not seen; until a model says so it is no normal study.
    case .normal where missing > 0 || readable < instances: 1
    case .normal: regions.isEmpty ? 3 : 2
    }
  }
}

public import Foundation

/// How far a study has come; follows from what the store holds about it.
public enum StudyState: String, Codable, Sendable, CaseIterable {
  /// Stored, not yet looked at by a model.
  case received
  /// Triaged, not yet opened by a reader.
  case unread
  /// A reader has begun.
  case reading
  /// Let out before it is signed.
  case preliminary
  /// Signed.
  case final
  /// Signed, with an addendum.
  case addendum

  public var isSigned: Bool { self == .final || self == .addendum }

  /// What people call it.
  public var word: String {
    switch self {
    case .received: "new"
    case .unread: "unread"
    case .reading: "reading"
    case .preliminary: "prelim"
    case .final: "signed"
    case .addendum: "addendum"
    }
  }
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
  /// When it was signed last.
  public var signed: Date?
  /// How many earlier studies of the patient there are to compare it with.
  public var priors = 0
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

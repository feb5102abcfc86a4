public import Foundation

/// Where a study stands in the worklist: what needs a reader first comes first.
///
/// The order is: unsigned before signed; then clinical priority, which the model can never lower;
/// then suspicious; then studies no model may judge (failed, undetermined or not triaged yet) and
/// those that have waited longer than their ``Priority/allowance``; normal with a region; and
/// normal. Of the suspicious and the normal ones the more probable comes first, of the others, and
/// of equals, the one that has waited longer. Of the signed ones, those with an image that came
/// after the signature come first.
public struct WorklistPlace: Sendable, Hashable, Comparable {
  /// Which group of the list: 0 is the top.
  public let rank: Int
  /// 1 minus the probability of an abnormality, where that decides; else 1.
  public let improbability: Double
  public let arrived: Date
  public let study: Study.ID
  /// When waiting alone will move it up; none if it never will.
  public let rises: Date?

  /// Where it stands at a moment; without one, where it stood if it had not waited.
  public init(_ row: WorklistRow, at date: Date?) {
    let isSigned = row.state.isSigned
    let deadline = row.study.arrived + row.study.priority.allowance
    let isLate = date.map { deadline <= $0 } ?? false
    let level = Priority.allCases.firstIndex(of: row.study.priority) ?? 0
    let urgency = isLate && !isSigned ? min(row.urgency, .unjudged) : row.urgency
    rank = (isSigned ? (row.late > 0 ? 1000 : 1100) : 0) + level * 10 + urgency.rawValue
    improbability = urgency == .unjudged ? 1 : 1 - (row.probability ?? 0)
    arrived = row.study.arrived
    study = row.id
    rises = isSigned || isLate || urgency <= .unjudged ? nil : deadline
  }

  /// Where it stands by what people said of it alone.
  var clinical: (level: Int, arrived: Date, study: Study.ID) { (rank / 10, arrived, study) }

  public static func < (a: Self, b: Self) -> Bool {
    if a.rank != b.rank { return a.rank < b.rank }
    if a.improbability != b.improbability { return a.improbability < b.improbability }
    if a.arrived != b.arrived { return a.arrived < b.arrived }
    return a.study < b.study
  }
}

extension Priority {
  /// Seconds within which a study should be read: an hour, four hours, a day.
  public var allowance: TimeInterval {
    switch self {
    case .stat: 3600
    case .urgent: 4 * 3600
    case .routine: 24 * 3600
    }
  }
}

extension WorklistRow {
  /// The share of the time a reader has that is over; above 1 it waits too long.
  public func waited(at date: Date) -> Double {
    date.timeIntervalSince(study.arrived) / study.priority.allowance
  }

  fileprivate enum Urgency: Int, Comparable {
    case suspicious, unjudged, region, normal

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  fileprivate var urgency: Urgency {
    switch triageClass {
    case .suspicious: .suspicious
    case .failed, .undetermined, nil: .unjudged
    // Something of it was not seen; until a model says so it is no normal study.
    case .normal where missing > 0 || readable < instances: .unjudged
    case .normal: regions.isEmpty ? .normal : .region
    }
  }
}

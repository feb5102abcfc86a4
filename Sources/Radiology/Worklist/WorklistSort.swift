public import Foundation

/// In which order the worklist stands.
public enum WorklistSort: String, Codable, Sendable, Hashable, CaseIterable {
  /// What needs a reader first: ``WorklistPlace``.
  case triage
  /// The highest clinical priority first, then the longest waiting; no model has a part in it.
  case priority
  /// Longest waiting first.
  case waiting
  case probability
  case patient

  public var word: String { rawValue }

  /// The one after it, round and round.
  public var next: WorklistSort {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// Whether it tells what the model made of the studies.
  public var tellsTheAnswer: Bool { self == .triage || self == .probability }

  /// Whether `a` stands above `b`; equals fall back to the triage order, or where that would tell
  /// what the model made of them, to priority and age.
  public func precedes(_ a: WorklistRow, _ b: WorklistRow, at date: Date? = nil) -> Bool {
    switch self {
    case .triage, .priority: break
    case .waiting:
      if a.study.arrived != b.study.arrived { return a.study.arrived < b.study.arrived }
    case .probability:
      let (left, right) = (a.probability ?? 0, b.probability ?? 0)
      if left != right { return left > right }
    case .patient:
      let left = WorklistFilter.folded(a.patient.name)
      let right = WorklistFilter.folded(b.patient.name)
      if left != right { return left < right }
    }
    let (left, right) = (WorklistPlace(a, at: date), WorklistPlace(b, at: date))
    return tellsTheAnswer ? left < right : left.clinical < right.clinical
  }
}

public import Foundation

/// In which order the worklist stands.
public enum WorklistSort: String, Codable, Sendable, Hashable, CaseIterable {
  /// What needs a reader first: ``WorklistPlace``.
  case triage
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

  /// Whether `a` stands above `b`; equals fall back to the triage order.
  public func precedes(_ a: WorklistRow, _ b: WorklistRow, at date: Date? = nil) -> Bool {
    switch self {
    case .triage: break
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
    return WorklistPlace(a, at: date) < WorklistPlace(b, at: date)
  }
}

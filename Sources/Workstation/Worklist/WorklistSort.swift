import Radiology

/// In which order the worklist stands.
public enum WorklistSort: String, Codable, Sendable, Hashable, CaseIterable {
  /// What needs a reader first: ``WorklistRow/comesFirst(_:_:)``.
  case triage
  /// Longest waiting first.
  case waiting
  case probability
  case patient

  var word: String { rawValue }

  /// The one after it, round and round.
  var next: WorklistSort {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// Whether `a` stands above `b`; equals fall back to the triage order.
  func precedes(_ a: WorklistRow, _ b: WorklistRow) -> Bool {
    switch self {
    case .triage: break
    case .waiting:
      if a.study.arrived != b.study.arrived { return a.study.arrived < b.study.arrived }
    case .probability:
      let (left, right) = (a.probability ?? -1, b.probability ?? -1)
      if left != right { return left > right }
    case .patient:
      if a.patient.name != b.patient.name { return a.patient.name < b.patient.name }
    }
    return WorklistRow.comesFirst(a, b)
  }
}

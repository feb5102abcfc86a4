import Radiology

/// How good the images were to judge by.
public enum ImageQuality: String, Codable, Sendable, CaseIterable {
  case diagnostic, limited, nonDiagnostic

  var concept: Concept {
    switch self {
    case .diagnostic: .diagnosticQuality
    case .limited: .limitedQuality
    case .nonDiagnostic: .nonDiagnosticQuality
    }
  }
}

/// What a triage comes to in codes; a refusal to judge is never normal.
struct TriageOutcome: Hashable, Sendable {
  /// Normal, abnormal or undetermined; PS3.16 CID 222.
  let finding: Concept
  /// CAD Processing and Findings Summary; PS3.16 CID 6047.
  let summary: Concept

  /// `isComplete` means that every image of the study could be read.
  init(_ triage: Triage, isComplete: Bool) {
    let hasFindings = !triage.findings.isEmpty
    finding =
      switch triage.triageClass {
      case .normal: .normal
      case .suspicious: .abnormal
      case .undetermined, .failed: .normalityUndetermined
      }
    summary =
      switch (triage.triageClass, isComplete, hasFindings) {
      // Both mean that no algorithm judged. “Not all succeeded; without findings” would read as
      // a partial all-clear.
      case (.undetermined, _, _), (.failed, _, _): .noneSucceeded
      case (_, true, false): .allSucceededWithoutFindings
      case (_, true, true): .allSucceededWithFindings
      case (_, false, false): .someSucceededWithoutFindings
      case (_, false, true): .someSucceededWithFindings
      }
  }
}

import Radiology

extension Dossier {
  /// How far what a document says has come.
  enum Stage: Sendable, CaseIterable {
    /// Nobody has let anything out: the model's result, at most under review.
    case unsigned
    /// Let out by a reader before signing.
    case preliminary
    case final
    /// Signed again after it was final.
    case amended
  }

  var stage: Stage {
    guard let report, report.isGiven else { return .unsigned }
    guard report.isSigned else { return .preliminary }
    return report.state == .addendum || report.version > 1 ? .amended : .final
  }

  /// What the reader calls the study in a report that was given.
  var givenCall: Call? { report?.isGiven == true ? review?.call : nil }

  /// What the report is about, as catalogues of reports have it.
  var reportConcept: Concept {
    let isRadiograph = ["CR", "DX"].contains(study.modality)
    return BodyPart(study.bodyPart) == .chest && isRadiograph ? .chestReport : .imagingReport
  }

  /// Of an observation on the whole study: the same in every document, one observation told again.
  func trackingUID(_ role: String) -> String {
    let number = String(Fingerprint.of("\(study.uid) \(role)"), radix: 16)
    let digest = String(repeating: "0", count: 32 - number.count) + number
    return UID.make(digest: digest, role: .finding)
  }
}

extension Call {
  var concept: Concept {
    switch self {
    case .normal: .normal
    case .suspicious: .abnormal
    }
  }
}

extension Concept {
  /// What a template's section is called in a letter, by LOINC.
  static func letterSection(_ key: String) -> Concept? {
    switch key {
    case "indication": .requestSection
    case "technique": .procedureSection
    case "comparison": .comparisonSection
    case "findings": .findingsSection
    case "impression": .impressionSection
    case "recommendation": .recommendationSection
    case "addendum": .addendumSection
    default: nil
    }
  }
}

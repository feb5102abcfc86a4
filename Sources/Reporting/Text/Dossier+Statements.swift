import Radiology

// What every document says in words, whatever its form: one sentence each.
extension Dossier {
  /// The images show no patient.
  var syntheticCaution: String? {
    study.isSynthetic ? "SYNTHETIC IMAGES: a program made them; they show no patient." : nil
  }

  /// Nobody has signed what this says.
  var unsignedCaution: String? {
    if report?.state == .preliminary {
      return "Not signed: let out as preliminary; the final report may differ."
    }
    return isSigned ? nil : "Not signed: not to be acted on."
  }

  static let researchCaution = "SecondLook is research software and no medical device."

  /// What a reader has to know before the rest.
  var cautions: [String] {
    [syntheticCaution, unsignedCaution].compactMap(\.self) + [Self.researchCaution]
  }

  /// What the model came to; a refusal is never told as something that could pass for normal.
  var modelResult: String {
    guard let triage else { return "No model has looked at this study." }
    var words = "Model (not a diagnosis): \(triage.triageClass.rawValue)"
    switch triage.triageClass {
    case .normal, .suspicious:
      if let probability = triage.probability {
        words += ", probability that the study is abnormal \(probability.percent)"
      }
      if let threshold = triage.threshold {
        words += ", suspicious from \(threshold.percent) on"
      }
      return words + "."
    case .undetermined, .failed:
      return "\(words). \(triage.reason ?? "") The model has not judged this study."
    }
  }

  /// Which model judged, and what its card says it must not be used for.
  var modelLimits: [String] {
    guard let id = triage?.model else { return [] }
    let name = "Model version: \(model?.name ?? "unnamed") (\(id.prefix(12)))."
    return [name] + limits.map { "Limit of the model: \($0)" }
  }

  /// Each region that is to be seen, with where it is and what is said of it.
  var regionStatements: [String] {
    let shown = shownFindings.map { statement(of: $0) }
    let rejected = findings.count - shownFindings.count
    return shown + (rejected > 0 ? ["Rejected by the reader and not shown: \(rejected)."] : [])
  }

  func statement(of finding: Finding) -> String {
    let place = place(of: finding)
    let image = instances.count > 1 ? place.map { "image \($0.image)" } : nil
    let model = finding.probability.map { "model \($0.percent)" }
    let facts = [image, place?.words ?? "place unknown", place?.sizeWords, model, finding.verdict]
      .compacted.joined(separator: ", ")
    let note = finding.note.printable
    return "\(finding.name.printable): \(facts).\(note.isEmpty ? "" : " \(note)")"
  }

  /// The sections of a report that somebody has let out; a draft's are nobody else's.
  var givenSections: [Report.Section] {
    guard let report, report.isGiven else { return [] }
    return report.sections.filter { !$0.isEmpty }
  }

  /// What the reader was told before giving the report and gave it all the same.
  var acknowledgements: [String] {
    guard let report, report.isGiven else { return [] }
    let occasion = isSigned ? "signing" : "it was given as preliminary"
    return report.acknowledged.map { "Acknowledged before \(occasion): \($0)." }
  }
}

public import Foundation
import Radiology

/// A report as plain text, to be read on any screen and printed on any printer.
///
/// Lines have at most 78 columns. Words from outside are cleaned of everything a terminal would
/// obey. A document that is not signed says so in its first lines, and synthetic images before
/// anything else.
public enum TextReport {
  static let width = 78

  /// The whole text, ending with a newline; times are those of `timeZone`.
  public static func render(_ dossier: Dossier, timeZone: TimeZone = .current) -> String {
    let clock = Clock(timeZone: timeZone)
    let parts = [
      banner(dossier), head(dossier, clock), sections(dossier), regions(dossier),
      signature(dossier, clock), model(dossier, clock), foot,
    ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  // MARK: Parts

  private static func banner(_ dossier: Dossier) -> [String] {
    let rule = String(repeating: "=", count: width)
    let state = dossier.report.documentState
    let title = "RADIOLOGY REPORT"
    let gap = String(repeating: " ", count: width - title.columns - state.columns)
    var lines = [rule, title + gap + state]
    if let caution = dossier.syntheticCaution { lines.insert(caution, at: 1) }
    if let caution = dossier.unsignedCaution { lines.append(caution) }
    return lines + [rule]
  }

  private static func head(_ dossier: Dossier, _ clock: Clock) -> [String] {
    let patient = dossier.patient
    let study = dossier.study
    let issuer = patient.issuer.isEmpty ? "" : " (\(patient.issuer))"
    let kind = [study.modality, study.bodyPart, study.view].filter { !$0.isEmpty }
    let unreadable = dossier.instances.filter { !$0.isReadable }.count
    let images =
      "\(dossier.instances.count)" + (unreadable == 0 ? "" : ", \(unreadable) of them unreadable")
    let rows: [(String, String)] = [
      ("Patient", patient.name.personal),
      ("Patient ID", patient.identifier.isEmpty ? "" : patient.identifier + issuer),
      ("Born", patient.birthDate?.dashedDate ?? ""),
      (
        "Sex, age",
        [patient.sex, study.age.map { "\($0) years" }].compacted.joined(separator: ", ")
      ),
      ("Accession", study.accession), ("Study", study.description),
      ("Examination", kind.joined(separator: " ")),
      (
        "Study date",
        [study.date?.dashedDate, study.time?.colonTime].compacted.joined(separator: " ")
      ),
      ("Referred by", study.referrer.personal), ("Images", images), ("Study UID", study.uid),
    ]
    return rows.flatMap { field($0.0, $0.1.isEmpty ? "not stated" : $0.1) }
  }

  private static func sections(_ dossier: Dossier) -> [String] {
    guard let report = dossier.report else { return ["There is no report yet."] }
    var lines: [String] = []
    for section in report.sections where section.isRequired || !section.isEmpty {
      if !lines.isEmpty { lines.append("") }
      lines.append(section.title.printable.uppercased())
      let text = section.isEmpty ? ["(empty)"] : section.text.printableLines
      lines += text.flatMap { $0.wrapped(to: width - 2).map { $0.isEmpty ? "" : "  " + $0 } }
    }
    return lines
  }

  private static func regions(_ dossier: Dossier) -> [String] {
    guard !dossier.findings.isEmpty else { return ["REGIONS", "  None."] }
    let rows = dossier.shownFindings.map { finding in
      let place = dossier.place(of: finding)
      let image = dossier.instances.count > 1 ? place.map { "image \($0.image), " } ?? "" : ""
      return [
        finding.name.printable, image + (place?.words ?? "place unknown"),
        place?.sizeWords ?? "size unknown", finding.probability?.percent ?? "reader's own",
        finding.verdict,
      ]
    }
    let table = Table(heads: ["Name", "Where", "Size", "Model", "Reader"], wide: 1, rows: rows)
    var lines = ["REGIONS"] + (rows.isEmpty ? ["  None shown."] : table.lines(width: width))
    for finding in dossier.shownFindings where !finding.note.printable.isEmpty {
      lines += "\(finding.name.printable): \(finding.note.printable)".wrapped(to: width - 2)
        .map { "  " + $0 }
    }
    let rejected = dossier.findings.count - dossier.shownFindings.count
    if rejected > 0 { lines.append("  Rejected by the reader and not shown: \(rejected).") }
    return lines
  }

  private static func signature(_ dossier: Dossier, _ clock: Clock) -> [String] {
    guard let report = dossier.report else { return [] }
    guard report.isGiven else {
      return ["SIGNATURE"]
        + field(
          "Not signed", "last changed \(clock.text(report.changed)) by \(report.author.personal)")
    }
    var lines = ["SIGNATURE"]
    if let signed = report.signed {
      lines += field("Signed by", report.author.personal)
      lines += field("Signed at", clock.text(signed))
      lines += field("Version", "\(report.version)")
    } else {
      lines += field("Not signed", "given as preliminary by \(report.author.personal)")
      lines += field("Given at", clock.text(report.changed))
      lines += field("Number", "\(report.version)")
    }
    if let call = dossier.review?.call { lines += field("Called", call.rawValue) }
    if !report.acknowledged.isEmpty {
      lines.append("  Acknowledged before \(report.isSigned ? "signing" : "giving it"):")
      lines += report.acknowledged.flatMap { bullet($0) }
    }
    return lines
  }

  private static func model(_ dossier: Dossier, _ clock: Clock) -> [String] {
    guard let triage = dossier.triage else { return ["MODEL", "  No model has looked at it."] }
    var lines = ["MODEL"]
    if let id = triage.model {
      lines += field("Model", "\(dossier.model?.name ?? "unnamed") (\(id.prefix(12)))")
    }
    lines += field("Result", triage.triageClass.rawValue)
    if let reason = triage.reason { lines += field("Reason", reason) }
    if let probability = triage.probability { lines += field("P(abnormal)", probability.percent) }
    if let threshold = triage.threshold {
      lines += field("Threshold", "\(threshold.percent), suspicious from there on")
    }
    lines += field("Judged at", clock.text(triage.made))
    if !dossier.limits.isEmpty {
      lines.append("  Limits of the model:")
      lines += dossier.limits.flatMap { bullet($0) }
    }
    return lines
  }

  private static let foot = [
    String(repeating: "-", count: width),
    Dossier.researchCaution,
  ]

  // MARK: Pieces

  /// `  Accession    ACC0001`, its text wrapped under itself.
  private static func field(_ name: String, _ text: String) -> [String] {
    let indent = 15
    let lines = text.printable.wrapped(to: width - indent)
    return lines.enumerated().map { index, line in
      ("  " + (index == 0 ? name : "")).padded(to: indent) + line
    }
  }

  private static func bullet(_ text: String) -> [String] {
    text.printable.wrapped(to: width - 6).enumerated().map { ($0 == 0 ? "    - " : "      ") + $1 }
  }
}

extension Report? {
  /// `DRAFT`, `PRELIMINARY`, `FINAL` or `ADDENDUM 1`, as clinicians write it.
  fileprivate var documentState: String {
    guard let report = self else { return "NO REPORT" }
    return switch report.state {
    case .draft: "DRAFT"
    case .preliminary: "PRELIMINARY"
    case .final: report.isSigned ? "FINAL" : "DRAFT"
    case .addendum: report.isSigned ? "ADDENDUM \(max(1, report.version - 1))" : "DRAFT ADDENDUM"
    }
  }
}

extension Finding {
  /// What the reader says of it, in a word or two.
  var verdict: String {
    switch state {
    case .open: "not reviewed"
    case .agreed: origin == .model ? "agreed" : "added"
    case .rejected: "rejected"
    case .unsure: "unsure"
    }
  }
}

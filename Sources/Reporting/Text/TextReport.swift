public import Foundation
public import Radiology

/// A report as plain text, to be read on any screen and printed on any printer.
///
/// Lines have at most 78 columns. Words from outside are cleaned of everything a terminal would
/// obey. A document that is not signed says so in its first lines, and synthetic images before
/// anything else.
public enum TextReport {
  static let width = 78

  /// The whole text, ending with a newline; times are those of `timeZone`.
  public static func render(
    _ dossier: Dossier, letterhead: Letterhead = .none, timeZone: TimeZone = .current
  ) -> String {
    let clock = Clock(timeZone: timeZone)
    let parts = [
      letterhead.lines.flatMap { $0.wrapped(to: width) }, banner(dossier), head(dossier),
      sections(dossier), regions(dossier),
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

  private static func head(_ dossier: Dossier) -> [String] {
    dossier.patientFacts.flatMap { field($0.name, $0.value) }
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
    var lines =
      ["SIGNATURE"] + dossier.signatureFacts(clock).flatMap { field($0.name, $0.value) }
    if report.isGiven, !report.acknowledged.isEmpty {
      lines.append("  Acknowledged before \(report.isSigned ? "signing" : "giving it"):")
      lines += report.acknowledged.flatMap { bullet($0) }
    }
    return lines
  }

  private static func model(_ dossier: Dossier, _ clock: Clock) -> [String] {
    guard dossier.triage != nil else { return ["MODEL", "  No model has looked at it."] }
    var lines = ["MODEL"] + dossier.modelFacts(clock).flatMap { field($0.name, $0.value) }
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
  var documentState: String {
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

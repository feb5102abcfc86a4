import Foundation
import Radiology
import Reporting

/// What a reader has made of a study: the value that undo takes back and signing makes final.
struct ReadingWork: Sendable, Hashable {
  var review: Review
  var report: Report

  /// The finding with this tracking UID.
  func finding(_ id: Finding.ID?) -> Finding? { review.findings.first { $0.id == id } }

  /// Writes a section's text as the reader has it.
  mutating func write(_ text: String, section index: Int, at date: Date) {
    guard report.sections.indices.contains(index), report.sections[index].text != text else {
      return
    }
    report.sections[index].write(text, under: review)
    report.changed = date
  }

  /// Takes the place of the finding with the same tracking UID.
  mutating func replace(_ finding: Finding, at date: Date) {
    guard let index = review.findings.firstIndex(where: { $0.id == finding.id }),
      review.findings[index] != finding
    else { return }
    review.findings[index] = finding
    review.changed = date
  }

  /// Lets the report's sentences follow the decisions, as far as `review` shows them.
  mutating func follow(
    _ open: OpenStudy, review: Review, template: ReportTemplate, at date: Date
  ) {
    guard !report.isSigned else { return }
    report = report.redrafted(
      to: open.draft(review, template: template, author: report.author, at: date))
  }
}

extension OpenStudy {
  /// The template's report about a review.
  func draft(
    _ review: Review, template: ReportTemplate, author: String, at date: Date
  ) -> Report {
    Report.draft(
      study: row.study, patient: row.patient, instances: instances, review: review,
      triage: row.triage, template: self.template ?? template, author: author, at: date,
      orientations: orientations)
  }
}

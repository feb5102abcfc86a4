import Foundation
import Radiology

extension BatchDialog {
  /// A marked study, and what its guard says.
  struct Candidate: Sendable, Hashable {
    let row: WorklistRow
    /// What would be signed.
    let work: ReadingWork
    /// What was stored when it was looked at.
    let known: Review?
    /// Why it is left as it is, as a sentence; none if it can be signed.
    let obstacle: String?
  }
}

extension BatchDialog.Candidate {
  /// Looks at one study as its sign dialog would, were it called normal and not opened.
  ///
  /// The store looks once more, in the same transaction as the signature; it knows nothing of what
  /// is `unsaved`.
  init(_ open: OpenStudy, isUnsaved: Bool = false, by options: Options, at now: Date) {
    row = open.row
    known = open.review
    var review =
      open.review ?? row.triage.map { Review(of: $0, by: options.reader, at: now) }
      ?? Review(study: row.id, reader: options.reader, findings: [], model: nil, started: now)
    if review.call == nil { (review.call, review.changed) = (.normal, now) }
    let fresh = open.draft(review, template: options.template, author: options.reader, at: now)
    var work = ReadingWork(review: review, report: open.report ?? fresh)
    work.follow(open, review: review, template: options.template, at: now)
    let check = SigningGuard(
      review: review, report: work.report, triage: row.triage, images: row.completeness(at: now),
      by: options.reader, preliminary: open.preliminary, isUnopened: true, under: options.rules)
    obstacle =
      if isUnsaved {
        "What you wrote or decided of it is not saved: open it"
      } else if row.state.isSigned {
        "It is signed"
      } else if let reader = open.lockedBy {
        "It is open by \(reader)"
      } else if let draft = open.report, draft.author != options.reader {
        "The draft is by \(draft.author)"
      } else if !check.allows {
        check.blocking.map(\.text).joined(separator: "; ")
      } else if !work.report.says(theSameAs: fresh) {
        // Nobody has read these words again, and the guard does not understand them.
        "Its draft has words written by hand"
      } else {
        nil
      }
    work.report.author = options.reader
    work.report.changed = now
    work.report.acknowledged = check.questions.map(\.text)
    self.work = work
  }
}

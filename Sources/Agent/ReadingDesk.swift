public import Foundation
public import Radiology
import Reporting
public import Store

/// What a reader does at a study, for the workstation and the command line alike.
public struct ReadingDesk: Sendable {
  private let store: Store

  /// A desk at which the studies of one store are read.
  public init(store: Store) {
    self.store = store
  }

  /// Records a call and what is said of regions, on top of what was recorded before.
  ///
  /// - Throws: ``AgentError/noRegion(_:)`` for a name that is no region of the study;
  ///   `StoreError.signed` once the study is signed.
  @discardableResult
  public func review(
    _ study: Study, call: Call, accept: [String] = [], reject: [String] = [],
    reason: String = "", add regions: [Region] = [], by reader: String, at date: Date
  ) throws -> Review {
    var review = try review(of: study, by: reader, at: date)
    for (names, state) in [(accept, Finding.State.agreed), (reject, .rejected)] {
      for name in names
      where !review.mark(name, state, note: state == .rejected ? reason : "", at: date) {
        throw AgentError.noRegion(name)
      }
    }
    for region in regions { review.add(region, trackingUID: UID.make(), at: date) }
    review.call = call
    review.reader = reader
    review.changed = date
    try store.save(review)
    return review
  }

  /// The review of a study, or a new one of what the model found.
  public func review(of study: Study, by reader: String, at date: Date) throws -> Review {
    if let review = try store.review(of: study.uid) { return review }
    if let triage = try store.triage(of: study.uid) {
      return Review(of: triage, by: reader, at: date)
    }
    return Review(study: study.uid, reader: reader, findings: [], model: nil, started: date)
  }

  /// The report as it would be signed now: the reader's draft, or one written from the review.
  public func draft(
    _ study: Study, by reader: String, at date: Date, assets: URL
  ) throws -> Report {
    if let draft = try store.report(of: study.uid), !draft.isSigned { return draft }
    guard let patient = try store.patient(of: study.uid) else { throw StoreError.notFound }
    var report = Report.draft(
      study: study, patient: patient, instances: try store.instances(of: study.uid),
      review: try store.review(of: study.uid), triage: try store.triage(of: study.uid),
      template: try ReportTemplate.fitting(study, in: assets), author: reader, at: date)
    if try store.signedReport(of: study.uid) != nil { report.state = .addendum }
    return report
  }

  /// Signs a report with the review the store holds of the study.
  ///
  /// - Throws: `StoreError.blocked` or `StoreError.unasked` with what is in the way.
  public func sign(_ report: Report, by reader: String, at date: Date) throws -> Report {
    let triage = try store.triage(of: report.study)
    let review =
      try store.review(of: report.study)
      ?? Review(
        study: report.study, reader: reader, findings: triage?.findings ?? [],
        model: triage?.model, started: date)
    return try store.sign(report, review: review, by: reader, at: date)
  }
}

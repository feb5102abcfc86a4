/// A report that was let out before it was signed, and the decisions it rests on: a wet read.
///
/// It stays as it was given. Another one may follow, until the final report takes its place.
public struct PreliminaryReport: Codable, Sendable, Hashable {
  /// Its ``Report/state`` is preliminary, and ``Report/version`` counts those of the study from 1.
  public let report: Report
  public let review: Review

  public init(report: Report, review: Review) {
    precondition(report.state == .preliminary, "what is let out unsigned says so")
    precondition(report.study == review.study, "a report and its review are of one study")
    self.report = report
    self.review = review
  }
}

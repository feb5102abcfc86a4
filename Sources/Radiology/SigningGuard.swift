/// What stands between a reader and a signature.
///
/// The guard is a safety net: it blocks what would be no report, and asks once about what the
/// reader may have overlooked. It never decides.
public struct SigningGuard: Sendable, Hashable {
  /// One thing to mend or to confirm.
  public struct Objection: Sendable, Hashable {
    /// Signing is impossible until mended; otherwise it is asked once and recorded.
    public let isBlocking: Bool
    /// A sentence without patient data.
    public let text: String
    /// Where to go to mend it: a section's key or a finding's name.
    public let place: String?
  }

  public let objections: [Objection]

  /// Looks at what is about to be signed.
  public init(review: Review?, report: Report, triage: Triage?) {
    var objections: [Objection] = []
    func block(_ text: String, _ place: String? = nil) {
      objections.append(Objection(isBlocking: true, text: text, place: place))
    }
    func ask(_ text: String, _ place: String? = nil) {
      objections.append(Objection(isBlocking: false, text: text, place: place))
    }

    if report.isSigned { block("This version is signed already; only an addendum can follow") }
    if review?.call == nil { block("The study is called neither normal nor suspicious") }
    for section in report.sections where section.isRequired && section.isEmpty {
      block("\(section.title) is empty", section.key)
    }
    if let review {
      for finding in review.open {
        ask("Region \(finding.name) not reviewed", finding.name)
      }
      if review.call == .normal, triage?.triageClass == .suspicious {
        ask("The model calls this study suspicious and you call it normal")
      }
      if review.call == .normal, let first = review.confirmed.first {
        ask("Called normal although region \(first.name) is confirmed", first.name)
      }
    }
    if triage?.triageClass == .failed { ask("No picture of this study could be read") }
    self.objections = objections
  }

  public var blocking: [Objection] { objections.filter(\.isBlocking) }
  public var questions: [Objection] { objections.filter { !$0.isBlocking } }
  public var allows: Bool { blocking.isEmpty }
}

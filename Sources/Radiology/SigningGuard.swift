/// What stands between a reader and a signature.
///
/// The guard is a safety net: it blocks what would be no report or would contradict the review it
/// rests on, and asks once about what the reader may have overlooked. It never decides.
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

  /// Looks at what `reader` is about to sign, of a study that is here as far as `images` says.
  ///
  /// `unseen` are the regions that were not on the reader's screen, where there was a screen.
  public init(
    review: Review?, report: Report, triage: Triage?, images: Completeness, by reader: String,
    unseen: Set<Finding.ID> = [], under rules: ReadingRules = ReadingRules()
  ) {
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
      for (text, place) in report.contradictions(to: review) { block(text, place) }
      if review.reader != reader { ask("The review is by \(review.reader)") }
      for finding in review.open {
        let fact = unseen.contains(finding.id) ? "was never looked at" : "not reviewed"
        ask("Region \(finding.name) \(fact)", finding.name)
      }
      for finding in review.findings
      where review.call == .normal && finding.state != .open && unseen.contains(finding.id) {
        ask("Region \(finding.name) was decided and not looked at since", finding.name)
      }
      if review.call == .normal, let triage, triage.triageClass == .suspicious,
        triage.probability ?? 1 >= rules.askAbove
      {
        ask("The model calls this study suspicious and you call it normal")
      }
      if review.call == .normal, let first = review.confirmed.first {
        ask("Called normal although region \(first.name) is confirmed", first.name)
      }
    }
    if triage?.triageClass == .failed { ask("No picture of this study could be read") }
    for question in images.questions where !objections.contains(where: { $0.text == question }) {
      ask(question)
    }
    self.objections = objections
  }

  public var blocking: [Objection] { objections.filter(\.isBlocking) }
  public var questions: [Objection] { objections.filter { !$0.isBlocking } }
  public var allows: Bool { blocking.isEmpty }
}

extension Report {
  /// What it says that the review does not bear out, and the section that says so.
  ///
  /// Two things can be told without understanding the words: a line about a region that is
  /// rejected or not there, and an impression written when the study was called otherwise.
  fileprivate func contradictions(to review: Review) -> [(text: String, place: String)] {
    var found: [(text: String, place: String)] = []
    for section in sections {
      func add(_ text: String) { found.append(("\(section.title) \(text)", section.key)) }
      let names = section.text.split(whereSeparator: \.isNewline).compactMap(Finding.name(leading:))
      for name in Set(names).sorted() {
        let finding = review.findings.first { $0.name == name }
        if finding == nil { add("describes region \(name), which is not there") }
        if finding?.state == .rejected { add("describes region \(name), which is rejected") }
      }
      if section.key == "impression", !section.isEmpty, let call = review.call,
        let before = section.call, before != call
      {
        add("was written for a \(before.rawValue) study, now called \(call.rawValue)")
      }
    }
    return found
  }
}

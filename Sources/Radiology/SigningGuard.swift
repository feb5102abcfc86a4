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
  /// `preliminary` is what was let out of the study last, where anything was. `unseen` are the
  /// regions that were not on the reader's screen, where there was a screen. What `isUnopened` is
  /// signed together with others, its images closed: nothing but a normal that the model ruled out
  /// may be, and nothing that would have to be asked.
  public init(
    review: Review?, report: Report, triage: Triage?, images: Completeness, by reader: String,
    preliminary: PreliminaryReport? = nil, unseen: Set<Finding.ID> = [],
    isUnopened: Bool = false, under rules: ReadingRules = ReadingRules()
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
    if let before = preliminary?.review.call, let call = review?.call, call != before,
      report.state != .addendum
    {
      ask("The preliminary report called it \(before.rawValue); tell whoever waits for it")
    }
    if triage?.triageClass == .failed { ask("No picture of this study could be read") }
    for question in images.questions where !objections.contains(where: { $0.text == question }) {
      ask(question)
    }
    if isUnopened {
      objections = Self.unopened(review, report, triage) + objections.map(\.blocking)
      ask(Self.unopenedText)
    }
    self.objections = objections
  }

  public var blocking: [Objection] { objections.filter(\.isBlocking) }
  public var questions: [Objection] { objections.filter { !$0.isBlocking } }
  public var allows: Bool { blocking.isEmpty }
}

extension SigningGuard {
  /// Stands in the record of each signature that was given without opening the study.
  public static let unopenedText = "Signed together with others, its images not opened"

  /// Why a study must be opened before it is signed.
  private static func unopened(
    _ review: Review?, _ report: Report, _ triage: Triage?
  ) -> [Objection] {
    var texts: [(text: String, place: String?)] = []
    if report.state != .draft { texts.append(("An addendum is written to an open study", nil)) }
    if triage?.triageClass != .normal {
      let answer = triage?.triageClass.rawValue ?? "not read yet"
      texts.append(("The model does not call it normal (\(answer))", nil))
    }
    if let call = review?.call, call != .normal {
      texts.append(("It is called \(call.rawValue)", nil))
    }
    let decided = review?.findings ?? []
    texts += decided.filter { $0.state == .unsure }.map { ("Region \($0.name) is unsure", $0.name) }
    // The model may have looked once more since the reader did.
    texts += (triage?.findings ?? []).filter { found in !decided.contains { $0.id == found.id } }
      .map { ("Region \($0.name) not reviewed", $0.name) }
    // Nobody has read these words again, and this guard does not understand them.
    texts += report.sections.filter { !$0.isEmpty && $0.text != $0.drafted }
      .map { ("\($0.title) has words written by hand", $0.key) }
    return texts.map { Objection(isBlocking: true, text: $0.text, place: $0.place) }
  }
}

extension SigningGuard.Objection {
  fileprivate var blocking: Self { Self(isBlocking: true, text: text, place: place) }
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

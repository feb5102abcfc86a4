public import Foundation

extension SecondLook {
  /// Why a signed study has to be read once more; none if it need not.
  ///
  /// `isPicked` is whether chance would have it, were it a ruled-out normal.
  public static func reason(
    _ call: Call, against triage: Triage?, isPicked: Bool, under rules: ReadingRules
  ) -> (reason: Reason, weight: Double)? {
    guard call == .normal, let triage, let probability = triage.probability else { return nil }
    switch triage.triageClass {
    case .suspicious where probability >= rules.secondLookAbove:
      return (.discordance, probability)
    case .normal where triage.findings.isEmpty && isPicked: return (.sample, probability)
    case .suspicious, .normal, .undetermined, .failed: return nil
    }
  }

  /// Takes a second reading: the two agree, or a third reader has to decide.
  public mutating func take(_ reading: Reading, under rules: ReadingRules) {
    second = reading
    changed = reading.at
    let disagrees = reading.call != firstCall
    if reading.score.needsThird || (disagrees && weight >= rules.arbitrateAbove) {
      state = .arbitration
    } else if disagrees {
      state = .closed
      closedBecause = "a disagreement below the weight that needs a third reader"
    } else {
      state = .agreed
    }
  }

  /// Takes the decision of a third reader, which holds.
  public mutating func take(_ decision: Decision) {
    third = decision
    changed = decision.at
    state = .closed
  }

  /// Puts it aside without reading the study.
  public mutating func close(because reason: String, at date: Date) {
    state = .closed
    closedBecause = reason
    changed = date
  }

  /// What the first reader should say in an addendum; none if the first call stands.
  public var suggestion: Call? {
    guard let third, third.call != firstCall else { return nil }
    return third.call
  }

  /// What happens to it now, in one sentence.
  public var nextStep: String {
    switch state {
    case .waiting: "It waits for a second reader."
    case .agreed: "The first reading stands."
    case .arbitration: "It goes to a third reader."
    case .closed:
      suggestion.map { "An addendum is suggested to the first reader: \($0.rawValue)." }
        ?? "It is closed; the first reading stands."
    }
  }

  /// The more heavily weighted first, then the one that has waited longer.
  public static func comesFirst(_ a: SecondLook, _ b: SecondLook) -> Bool {
    if a.weight != b.weight { return a.weight > b.weight }
    if a.queued != b.queued { return a.queued < b.queued }
    return a.study < b.study
  }

  /// Whether two names are one person's, however they are written.
  public static func isSame(_ a: String, _ b: String) -> Bool {
    func plain(_ name: String) -> String {
      name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return plain(a) == plain(b)
  }
}

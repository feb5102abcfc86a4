/// How a second reader rates the first reading.
///
/// The letter says whether a discrepancy is likely to matter to the patient; concurrence has none.
/// Source: ACR RADPEER, Jackson et al., J Am Coll Radiol 2009;6:21–25.
public enum Radpeer: String, Codable, Sendable, CaseIterable, Comparable {
  case concur = "1"
  case rare = "2a"
  case rareGrave = "2b"
  case usual = "3a"
  case usualGrave = "3b"
  case obvious = "4a"
  case obviousGrave = "4b"

  /// From `1` for concurrence to `4`.
  public var level: Int { Int(rawValue.prefix(1)) ?? 0 }

  /// Whether the discrepancy is likely to be clinically significant.
  public var isGrave: Bool { rawValue.hasSuffix("b") }

  /// What the score says, in words of the programme.
  public var meaning: String {
    let words =
      switch level {
      case 1: "Concur with the interpretation"
      case 2: "Difficult diagnosis, not ordinarily expected to be made"
      case 3: "Diagnosis should be made most of the time"
      default: "Diagnosis should be made almost every time"
      }
    guard level > 1 else { return words }
    return words + (isGrave ? "; likely significant" : "; unlikely to be significant")
  }

  /// The same in at most 51 characters, for lists.
  public var brief: String {
    let words =
      switch level {
      case 1: "concur"
      case 2: "not ordinarily expected"
      case 3: "expected most of the time"
      default: "expected almost every time"
      }
    return level > 1 ? words + (isGrave ? " · likely" : " · unlikely") + " significant" : words
  }

  /// A third reader has to look at it, whatever the calls.
  public var needsThird: Bool { level >= 3 }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

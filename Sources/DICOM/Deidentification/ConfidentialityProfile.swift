/// What becomes of each attribute when identity is taken out of an image.
///
/// The Basic Application Level Confidentiality Profile with the Retain Longitudinal Temporal
/// Information with Modified Dates Option. Where the profile leaves a choice by the type of an
/// attribute, the one that suits every type is taken: D before Z before X, but X for sequences.
/// Stricter than the profile are: private attributes, curves and overlays go whole, and so does what
/// belongs to messages and file headers; names of people, free text and addresses of computers that
/// Table E.1-1 does not list go too; dates and UIDs it does not list are replaced.
/// Source: PS3.15 Annex E.
enum ConfidentialityProfile {
  /// What is done with a value.
  enum Action: Equatable {
    /// Kept; items of sequences are cleaned in their turn.
    case keep
    /// X.
    case remove
    /// Z.
    case empty
    /// D.
    case dummy
    /// U.
    case newUID
    /// C of the option: the date goes where the patient's other dates go.
    case moveDate
  }

  /// The action for an attribute, which depends on its value representation where it is not listed.
  static func action(for tag: Tag, _ vr: VR) -> Action {
    if tag.isPrivate || tag.element == 0 { return .remove }
    // Who called whom (PS3.7 E), where a file came from (PS3.10 7.1) and directories of media
    // (PS3.3 F) are below group 8, and no part of an image.
    if tag.group < 0x0008 { return .remove }
    if (0x5000...0x50ff).contains(tag.group) || (0x6000...0x60ff).contains(tag.group) {
      return .remove
    }
    guard let rule = rules[tag] else { return unlisted(vr) }
    if rule.movesDates, [.DA, .DT, .TM].contains(vr) { return .moveDate }
    guard vr == .SQ, rule.action != .newUID else { return rule.action }
    // A made-up item would say something that is not so, and a sequence that may be left out must
    // have items where it is there; Acquisition Context may be empty (type 2 in PS3.3 C.7.6.14).
    return rule.mayRemove && tag != .acquisitionContextSequence ? .remove : .empty
  }

  /// Whether Table E.1-1 names the attribute itself.
  static func lists(_ tag: Tag) -> Bool { rules[tag] != nil }

  private static func unlisted(_ vr: VR) -> Action {
    switch vr {
    case .PN, .LT, .ST, .UR, .UT: .remove
    case .DA, .DT, .TM: .moveDate
    case .UI: .newUID
    default: .keep
    }
  }

  // MARK: The table

  private struct Rule {
    let action: Action
    let mayRemove: Bool
    let movesDates: Bool
  }

  private static let rules: [Tag: Rule] = {
    var rules: [Tag: Rule] = [:]
    for entry in confidentialityTable.split(whereSeparator: \.isWhitespace) {
      let parts = entry.dropFirst(8).split(separator: "+")
      guard let number = UInt32(entry.prefix(8), radix: 16),
        let choices = parts.first?.split(separator: "/"),
        let action = choices.last.flatMap({ Self.actions[$0] })
      else { preconditionFailure("every entry is eight hex digits and a known action") }
      rules[Tag(UInt16(number >> 16), UInt16(number & 0xffff))] = Rule(
        action: action, mayRemove: choices.contains("X"), movesDates: parts.count > 1)
    }
    return rules
  }()

  private static let actions: [Substring: Action] = [
    "X": .remove, "Z": .empty, "D": .dummy, "U": .newUID,
  ]
}

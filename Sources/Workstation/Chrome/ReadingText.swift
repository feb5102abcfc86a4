public import Foundation
public import Radiology
import Terminal

/// What a study came to, as the worklist and the headers show it: a glyph and a word, never a
/// colour alone.
struct Verdict: Sendable, Hashable {
  let glyph: String
  let word: String
  /// At most five columns, for narrow lists.
  let short: String
  let style: Style

  init(_ row: WorklistRow) {
    if row.state.isSigned, let look = row.secondLook, look.isOpen {
      // The first call would lead whoever reads it next.
      self =
        look == .waiting
        ? Verdict("↔", "second look", "2nd", .info) : Verdict("▲", "arbitration", "arb", .warning)
      return
    }
    if row.state.isSigned {
      let call = row.review?.call?.rawValue ?? "signed"
      self.init("✓", call, call == "suspicious" ? "susp" : call == "normal" ? "norm" : "sign", .ok)
      return
    }
    switch row.triageClass {
    case .suspicious: self.init("●", "suspicious", "susp", .warning)
    case .normal where !row.regions.isEmpty: self.init("◦", "look again", "again", .info)
    case .normal: self.init("·", "normal", "norm", .muted)
    case .undetermined: self.init("?", "undetermined", "undet", .warning)
    case .failed: self.init("✖", "failed", "fail", .critical)
    case nil: self.init("–", "not read yet", "wait", .muted)
    }
  }

  private init(_ glyph: String, _ word: String, _ short: String, _ style: Style) {
    self.glyph = glyph
    self.word = word
    self.short = short
    self.style = style
  }
}

extension Priority {
  public var word: String {
    switch self {
    case .stat: "STAT"
    case .urgent: "urgent"
    case .routine: "routine"
    }
  }

  var style: Style {
    switch self {
    case .stat: .critical.bold
    case .urgent: .warning
    case .routine: .muted
    }
  }
}

extension Finding {
  var glyph: String {
    switch state {
    case .open: "○"
    case .agreed: "✓"
    case .rejected: "✗"
    case .unsure: "?"
    }
  }

  var style: Style {
    switch state {
    case .open: .info
    case .agreed: .ok
    case .rejected: .muted
    case .unsure: .warning
    }
  }

  /// `93%`, or nothing for a reader's own.
  var percent: String? { probability.map(ShareText.percent) }
}

extension WorklistRow {
  /// `DOE, JANE`: the alphabetic group of the name, or what there is instead of one.
  func name(isHidden: Bool) -> String {
    if isHidden { return "••••" }
    let group = patient.name.prefix { $0 != "=" }.split(
      separator: "^", omittingEmptySubsequences: false)
    let family = group.first.map(String.init) ?? ""
    let rest = group.dropFirst().filter { !$0.isEmpty }.joined(separator: " ")
    let name = [family, rest].filter { !$0.isEmpty }.joined(separator: ", ")
    return name.isEmpty ? "(no name)" : sanitized(name)
  }

  /// `reading`, or that more images may come.
  public func stateWord(now: Date) -> String {
    state == .received && isArriving(at: now) ? "arriving" : state.word
  }

  /// How many images there are: `12/15` of those expected, `2/3` that can be read, and `2+1` where
  /// one came after the signature.
  public var imageCount: String {
    if late > 0 { return "\(instances - late)+\(late)" }
    if missing > 0 { return "\(instances)/\(instances + missing)" }
    return readable == instances ? "\(instances)" : "\(readable)/\(instances)"
  }

  /// Where some came too late for the report.
  var lateSentence: String {
    "\(late) image\(late == 1 ? "" : "s") came after the signature; "
      + "an addendum may be needed."
  }

  /// Where some have not arrived.
  var missingSentence: String {
    "\(missing) of \(instances + missing) images have not arrived."
  }

  /// `64F`, `64` or nothing.
  var ageAndSex: String { (study.age.map(String.init) ?? "") + sanitized(patient.sex ?? "") }

  var exam: String { sanitized(study.exam) }

  /// What people call the study: its accession, or else the patient's number, or the UID's end.
  var label: String {
    if !study.accession.isEmpty { return sanitized(study.accession) }
    if !patient.identifier.isEmpty { return sanitized(patient.identifier) }
    return "…" + sanitized(String(study.uid.suffix(8)))
  }

  /// Name, number, age, sex and accession: what has to be on line 1 of everything about a study.
  func identity(isHidden: Bool) -> String {
    let number = isHidden ? "••••" : sanitized(patient.identifier)
    let age = study.age.map { "\($0)" } ?? "age ?"
    let sex = sanitized(patient.sex ?? "sex ?")
    return [
      name(isHidden: isHidden), number.isEmpty ? "no ID" : "ID \(number)", "\(age) \(sex)",
      study.accession.isEmpty ? "no accession" : "acc \(sanitized(study.accession))", exam,
    ].filter { !$0.isEmpty }.joined(separator: " · ")
  }
}

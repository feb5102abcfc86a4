import Radiology
import Terminal

/// A signed study on the screen of a second or third reader.
struct SecondReading: Sendable, Hashable {
  let look: SecondLook
  /// What the first reader made of it, as long as it is not shown.
  private(set) var hidden: ReadingWork?
  /// The second reader's own call; it stands once it is made.
  private(set) var call: Call?
  /// The call was made, or still can be, without knowing the first one.
  private(set) var isBlind: Bool

  /// A second reader sees nothing of the first reading at first; a third one sees both.
  init(_ look: SecondLook, hiding work: ReadingWork) {
    self.look = look
    isBlind = look.state == .waiting
    hidden = isBlind ? work : nil
  }

  /// Takes the reader's own call, which nothing shown later can change.
  mutating func make(_ call: Call) { self.call = call }

  /// Hands out what was hidden.
  mutating func reveal() -> ReadingWork? {
    if call == nil { isBlind = false }
    defer { hidden = nil }
    return hidden
  }
}

extension OpenStudy {
  /// Whether the reader is wanted for the next step of a second look.
  var wantsReader: Bool { isNextReader && lockedBy == nil && secondLook?.state.isOpen == true }
}

extension ReadingWork {
  /// The study as if nobody had read it, with a report that can be neither read nor written.
  func hidden(of triage: Triage?) -> ReadingWork {
    var blank = self
    blank.review = Review(
      study: review.study, reader: "", findings: triage?.findings ?? [], model: triage?.model,
      started: review.started)
    blank.report.author = "another reader"
    blank.report.acknowledged = []
    blank.report.signed = report.signed ?? report.changed
    for index in blank.report.sections.indices {
      blank.report.sections[index].text = "▒ hidden until you call the study (c)"
    }
    return blank
  }
}

extension StudyScreen {
  /// Nothing of the first reading is shown.
  var isBlind: Bool { second?.hidden != nil }

  /// Begins a second reading: what the first reader made of the study is put away.
  mutating func begin(_ look: SecondLook) {
    second = SecondReading(look, hiding: work)
    guard isBlind else { return }
    work = work.hidden(of: row.triage)
    current = work.review.findings.first?.id
  }

  /// Shows what the first reader made of it.
  mutating func revealFirst() {
    guard let work = second?.reveal() else { return }
    self.work = work
    if currentFinding == nil { current = findings.first?.id }
  }

  /// What the screen says of a second look, for the second reader and for whoever signed.
  func secondLookLines(width: Int, keymap: Keymap) -> [[Span]] {
    if isBlind {
      let keys = "\(keymap.key("call")) calls, \(keymap.key("show-first-read")) shows it"
      return lines("▒ Second look: the first reading is hidden. \(keys)", .info, width)
    }
    guard let look = open.secondLook else { return [] }
    switch look.state {
    case .waiting: return lines("↔ Waits for a second look: \(look.reason.words)", .info, width)
    case .agreed: return lines("✓ A second reader concurs", .ok, width)
    case .arbitration:
      let score = look.second.map { "\($0.call.rawValue), score \($0.score.rawValue)" } ?? ""
      let ask = second == nil ? "" : "; \(keymap.key("call")) decides"
      return lines(
        "▲ Arbitration: first \(look.firstCall.rawValue), second \(score)\(ask)", .warning, width)
    case .closed:
      guard let call = look.suggestion else { return [] }
      return lines(
        work.report.version > look.version
          ? "✓ A third reader called it \(call.rawValue); an addendum was signed"
          : "▲ A third reader called it \(call.rawValue): "
            + "\(keymap.key("addendum")) begins an addendum", .warning, width)
    }
  }

  private func lines(_ text: String, _ style: Style, _ width: Int) -> [[Span]] {
    wrapped(text, toCells: max(8, width)).map { [Span($0, style: style)] }
  }
}

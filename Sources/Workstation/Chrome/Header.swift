import Radiology
import Terminal

extension Workstation {
  /// Line 1: where one is, whom it is about, and what runs meanwhile.
  func drawHeader(_ left: [Span], right: [Span], on canvas: inout Canvas) {
    let line = canvas.bounds.splitRows(top: 1).top
    canvas.fill(line, style: .title)
    var right = right
    if let badge = badges.last {
      right =
        [Span(badgeText(badge), style: .accent)]
        + (right.isEmpty ? [] : [Span(" · ", style: .muted)]) + right
    }
    if isSynthetic {
      right = [Span("SYNTHETIC", style: .warning.bold.reversed), Span(" ")] + right
    }
    // Who it is about goes first: what is on the right gives way, except the word SYNTHETIC.
    let leftWidth = left.reduce(1) { $0 + cellWidth(of: $1.text) }
    func width(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + cellWidth(of: $1.text) } }
    while right.count > (isSynthetic ? 1 : 0), leftWidth + width(right) + 3 > line.width {
      right.removeLast()
    }
    // A separator with nothing after it would look like something that was cut off.
    while right.last?.text == " · " { right.removeLast() }
    let rightWidth = width(right)
    let start = max(0, line.width - rightWidth - 1)
    canvas.draw(
      left, at: Position(1, 0), maxWidth: max(0, rightWidth > 0 ? start - 2 : line.width - 1))
    canvas.draw(right, at: Position(start, 0))
  }

  /// Whether what is shown is generated: said on every screen, and never of a real study.
  var isSynthetic: Bool {
    if aside == .clinician, let report = clinician.report { return report.found.study.isSynthetic }
    if aside == nil, let row = study?.row ?? opening { return row.study.isSynthetic }
    guard let tally = worklist.page?.tally, tally.total > 0 else { return options.isSynthetic }
    return tally.real == 0
  }

  private func badgeText(_ badge: TaskBadge) -> String {
    var text = "⇅ \(sanitized(badge.name))"
    if let fraction = badge.fraction, fraction.isFinite {
      let full = Int((min(max(fraction, 0), 1) * 4).rounded(.down))
      text += " " + String(repeating: "▓", count: full) + String(repeating: "░", count: 4 - full)
    }
    return badge.detail.isEmpty ? text : text + " " + sanitized(badge.detail)
  }
}

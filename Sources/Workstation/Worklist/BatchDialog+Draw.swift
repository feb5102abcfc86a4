import Radiology
import Terminal

extension BatchDialog {
  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let inside = canvas.popup(
      body.centred(width: min(body.width, 110), height: body.height),
      title: "Sign ruled-out normals",
      trailing: "\(eligible.count) of \(candidates.count)", border: .thick
    ).inset(dx: 1, dy: 0)
    let (list, foot) = inside.splitRows(bottom: 4)
    let lines = candidates.flatMap { self.lines($0, width: list.width, workstation) }
    let first = min(first, max(0, lines.count - list.height))
    drawFoot(on: &canvas, in: foot)
    for (index, line) in lines.dropFirst(first).prefix(list.height).enumerated() {
      let row = Rect(x: list.x, y: list.y + index, width: list.width, height: 1)
      canvas.draw(line, at: row.origin, maxWidth: row.width)
      let candidate = (first + index) / 2
      canvas.noteChoice(candidate, on: row)
      guard candidate == selected else { continue }
      canvas.restyle(row, style: .selection)
      if (first + index).isMultiple(of: 2) { canvas.cursor = row.origin }
    }
  }

  /// One line of identity and one of the guard's summary.
  private func lines(_ candidate: Candidate, width: Int, _ workstation: Workstation) -> [[Span]] {
    let row = candidate.row
    let summary: (glyph: String, text: String, style: Style) =
      switch (outcomes[row.id], candidate.obstacle) {
      case (.signed?, _): ("✓", "signed", .ok)
      case (.failed(let reason)?, _): ("✖", reason, .critical)
      case (.asked?, _): ("…", "being signed", .info)
      case (nil, nil) where leftOut.contains(row.id):
        ("–", "left out; \(workstation.keymap.key("leave-out")) takes it back", .muted)
      case (nil, let obstacle?): ("▲", "left as it is. \(obstacle)", .warning)
      case (nil, nil): ("✓", "normal by model and guard; nothing is missing", .ok)
      }
    return [
      [
        Span(summary.glyph + " ", style: summary.style),
        Span(row.identity(isHidden: workstation.hidesNames), style: .text),
      ],
      [Span("    " + sanitized(summary.text), style: summary.style)],
    ]
  }

  private func drawFoot(on canvas: inout Canvas, in foot: Rect) {
    let count = eligible.count
    canvas.cursor = Position(foot.x, foot.y + 1)
    if hasBegun {
      let signed = outcomes.values.count { $0 == .signed }
      let failed = outcomes.values.count { if case .failed = $0 { true } else { false } }
      canvas.draw(
        "\(signed) of \(count) signed" + (failed > 0 ? " · ✖ \(failed) not signed" : "")
          + (isDone ? ". Esc closes." : "…"), at: Position(foot.x, foot.y + 1),
        style: failed > 0 ? .critical : .accent)
      return
    }
    guard count > 0 else {
      canvas.draw(
        leftOut.isEmpty
          ? "None of them can be signed together. Esc goes back."
          : "All of them are left out. Esc goes back.", at: Position(foot.x, foot.y + 1),
        style: .warning)
      return
    }
    canvas.draw(
      "You call each of these normal without opening it here. Only an addendum can change it.",
      at: Position(foot.x, foot.y + 1), style: .warning, maxWidth: foot.width)
    let question = "Type \(count) to sign \(count) report\(count == 1 ? "" : "s"): "
    canvas.draw(question, at: Position(foot.x, foot.y + 2))
    canvas.textField(
      typed.text, caret: typed.caret, at: Position(foot.x + cellWidth(of: question), foot.y + 2),
      width: 6, isFocused: selected == nil)
    let mark = typed.text.isEmpty ? "" : isTypedRight ? "✓ ⏎ signs" : "not yet"
    canvas.draw(
      mark, at: Position(foot.x + cellWidth(of: question) + 8, foot.y + 2),
      style: isTypedRight ? .ok : .muted)
  }
}

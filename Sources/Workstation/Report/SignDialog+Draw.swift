import Radiology
import Terminal

extension SignDialog {
  func draw(on canvas: inout Canvas, workstation: Workstation) {
    guard let study = workstation.study else { return }
    let body = workstation.body(of: canvas.bounds)
    let width = min(72, body.width)
    let inner = max(1, width - 4)
    let row = study.row
    var lines: [[Span]] = []
    func add(_ text: String, _ style: Style = .text) {
      lines += wrapped(text, toCells: inner).map { [Span($0, style: style)] }
    }
    add(row.identity(isHidden: workstation.hidesNames), .title)
    var about: [String] = []
    if let born = row.patient.birthDate, !workstation.hidesNames {
      about.append("born \(ClockText.dicomDate(sanitized(born)))")
    }
    if let date = row.study.date { about.append("study \(ClockText.dicomDate(sanitized(date)))") }
    about.append("called \(study.work.review.call?.rawValue ?? "neither normal nor suspicious")")
    add(about.joined(separator: " · "), .muted)
    if row.study.isSynthetic { add("SYNTHETIC images: no patient", .warning) }
    lines.append([])
    let objectionStart = lines.count
    for objection in check.objections {
      let style: Style = objection.isBlocking ? .critical : .warning
      let goes = objection.isBlocking || objection.place != nil ? "  (⏎ goes there)" : ""
      lines.append([
        Span(objection.isBlocking ? "  ✖ " : "  ▲ ", style: style),
        Span(sanitized(objection.text)), Span(goes, style: .muted),
      ])
    }
    if check.objections.isEmpty {
      lines.append([Span("  ✓ ", style: .ok), Span("Nothing is missing")])
    }
    lines.append([])
    let fieldLine: Int?
    if check.allows {
      if !check.questions.isEmpty { add("Signing records that you were asked about ▲.", .muted) }
      add("Type \(token.text) to \(act): the end of the \(token.source).")
      fieldLine = lines.count
      lines.append([])
      add(fate(of: study), .muted)
    } else {
      fieldLine = nil
      add("Signing is blocked by \(check.blocking.count) ✖.", .critical)
    }
    let rect = body.centred(width: width, height: min(body.height, lines.count + 2))
    let inside = canvas.popup(
      rect, title: title(of: study),
      style: check.allows ? .accent : .critical, border: .thick
    ).inset(dx: 1, dy: 0)
    let wanted = selected.map { objectionStart + $0 } ?? fieldLine.map { $0 + 1 } ?? 0
    let first = max(0, min(wanted - inside.height + 1, lines.count - inside.height))
    for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
      let y = inside.y + index
      canvas.draw(line, at: Position(inside.x, y), maxWidth: inside.width)
      if let selected, objectionStart + selected == index + first {
        canvas.restyle(Rect(x: inside.x, y: y, width: inside.width, height: 1), style: .selection)
        canvas.draw("▸", at: Position(inside.x, y), style: .selection)
        canvas.cursor = Position(inside.x, y)
      }
      // The field is the stop after the objections; what is said above it is no row.
      let isField = fieldLine == index + first
      let stop = isField ? check.objections.count : index + first - objectionStart
      if isField || check.objections.indices.contains(stop) {
        canvas.noteChoice(stop, on: Rect(x: inside.x, y: y, width: inside.width, height: 1))
      }
      if isField {
        canvas.draw("[", at: Position(inside.x + 2, y))
        canvas.draw("]", at: Position(inside.x + 11, y))
        let right = isPreliminary ? "✓ ⏎ lets it out" : "✓ ⏎ signs"
        let mark = typed.text.isEmpty ? "" : isTypedRight ? right : "not yet"
        canvas.draw(mark, at: Position(inside.x + 14, y), style: isTypedRight ? .ok : .muted)
        canvas.textField(
          typed.text, caret: typed.caret, at: Position(inside.x + 4, y), width: 6,
          isFocused: selected == nil)
      }
    }
  }

  private func title(of study: StudyScreen) -> String {
    if isPreliminary { return "Preliminary report" }
    return study.isAddendum ? "Sign addendum" : "Sign report"
  }

  private var act: String { isPreliminary ? "let it out" : "sign" }

  private func fate(of study: StudyScreen) -> String {
    if isPreliminary {
      return "It is not signed; it stays as given until the final report takes its place."
    }
    return study.isAddendum
      ? "The addendum is final once signed." : "After signing only an addendum can change it."
  }
}

import Radiology
import Terminal

extension ScoreDialog {
  func draw(on canvas: inout Canvas, workstation: Workstation) {
    guard let study = workstation.study, let second = study.second else { return }
    let body = workstation.body(of: canvas.bounds)
    let width = min(76, body.width)
    let inner = max(1, width - 4)
    var lines: [[Span]] = []
    func add(_ text: String, _ style: Style = .text) {
      lines += wrapped(text, toCells: inner).map { [Span($0, style: style)] }
    }
    add(study.row.identity(isHidden: workstation.hidesNames), .title)
    var chosen: Int?
    // Where the first of the choices stands.
    var choices = 0
    if second.look.state == .arbitration {
      let read = second.look.second
      add("First reader: \(second.look.firstCall.rawValue)")
      let words = read.map { "\($0.call.rawValue), RADPEER \($0.score.rawValue)" } ?? "–"
      add("Second reader: \(words)")
      lines.append([])
      choices = lines.count
      for call in Call.allCases {
        if decision == call { chosen = lines.count }
        lines.append(
          choiceLine("\(call.rawValue.prefix(1))  \(call.rawValue)", isChosen: decision == call))
      }
      lines.append([])
      add("What you decide holds: it is suggested to the first reader and taught.", .muted)
    } else if let call = second.call {
      add("Your call: \(call.rawValue) · first reader: \(second.look.firstCall.rawValue)")
      add("RADPEER, of the first reading:", .muted)
      choices = lines.count
      for (index, score) in scores.enumerated() {
        if index == selected { chosen = lines.count }
        let words = padded(score.rawValue, toCells: 3) + score.brief
        lines.append(choiceLine(words, isChosen: index == selected))
      }
      if let score { add("\(score.rawValue): \(score.meaning).", .muted) }
      add("Scores of 3 and 4, and calls that differ, may go to a third reader.", .muted)
    } else {
      add("What do you call it? The first reading is shown afterwards.")
      choices = lines.count
      for call in Call.allCases {
        lines.append(
          choiceLine("\(call.rawValue.prefix(1))  \(call.rawValue)", isChosen: false))
      }
    }
    let rect = body.centred(width: width, height: min(body.height, lines.count + 2))
    let inside = canvas.popup(
      rect, title: second.look.state == .arbitration ? "Arbitration" : Place.scoring.title,
      style: .accent, border: .thick
    ).inset(dx: 1, dy: 0)
    let first = max(0, min((chosen ?? 0) - inside.height + 1, lines.count - inside.height))
    for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
      canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
      canvas.noteChoice(
        first + index - choices,
        on: Rect(x: inside.x, y: inside.y + index, width: inside.width, height: 1))
    }
    canvas.cursor = Position(inside.x, inside.y + max(0, (chosen ?? first) - first))
  }
}

public import Terminal

extension Tour {
  public func render(on canvas: inout Canvas) {
    guard canvas.width >= 60, canvas.height >= 16 else {
      canvas.drawTooSmall(whatIsSafe: "The tour waits.")
      return
    }
    if isOver { return drawEnd(on: &canvas) }
    let height = Self.height(below: canvas.height)
    var screens = Canvas(width: canvas.width, height: height)
    workstation.render(on: &screens)
    canvas.place((0..<height).map { Array(screens.row($0)) }, at: Position(0, 0))
    canvas.cursor = screens.cursor
    let box = Rect(x: 0, y: canvas.height - 4, width: canvas.width, height: 4)
    canvas.pictures = screens.pictures.filter { $0.rect.endY <= box.y }
    drawBox(box, on: &canvas)
  }

  /// What the last key was for, and which comes next.
  private func drawBox(_ rect: Rect, on canvas: inout Canvas) {
    canvas.fill(rect)
    canvas.box(
      rect, title: "Tour \(index + 1) of \(steps.count)",
      footer: "\(Self.skip.name) do it for me  \(Self.leave.name) leave the tour",
      style: .accent, titleStyle: .title, border: .thick)
    let inside = rect.inset(dx: 2, dy: 1)
    let first: Span =
      if let hint {
        Span("▲ \(hint)", style: .warning)
      } else if let lesson {
        Span("✓ \(lesson)", style: .ok)
      } else {
        Span("Synthetic studies, and nothing is kept: try every key.", style: .muted)
      }
    canvas.draw([first], at: inside.origin, maxWidth: inside.width)
    canvas.draw(
      request, at: Position(inside.x, inside.y + 1), maxWidth: inside.width)
  }

  /// `▸ Press n: shows the first region`, once the screens can take that key.
  private var request: [Span] {
    guard let step else { return [] }
    guard isReady else { return [Span("▸ One moment…", style: .muted)] }
    let keys: String
    if let name = step.command {
      keys = "Press \(workstation.keymap.key(name))"
    } else {
      keys = "Type \(text(of: step).dropFirst(typed))"
    }
    return [
      Span("▸ ", style: .accent), Span(keys, style: .accent.bold), Span(": \(step.purpose)"),
    ]
  }

  private func drawEnd(on canvas: inout Canvas) {
    let keymap = workstation.keymap
    let lines = [
      "You have found, judged, reported and signed a study",
      "by keys alone. All others are one key away:", "",
      "\(keymap.key("help"))  lists every key of the screen you are on",
      "\(keymap.key("palette"))  runs any command by its name",
      "\(keymap.key("back"))  goes back, from everywhere", "",
      "secondlook import FOLDER   takes in your own studies",
      "secondlook                 opens the worklist", "", "Any key leaves.",
    ]
    let rect = canvas.bounds.centred(width: 58, height: lines.count + 2)
    canvas.box(rect, title: "The tour is over", style: .accent, titleStyle: .title)
    for (line, text) in lines.enumerated() {
      canvas.draw(
        text, at: Position(rect.x + 2, rect.y + 1 + line), maxWidth: max(0, rect.width - 4))
    }
    canvas.cursor = Position(rect.x + 2, rect.endY - 2)
  }
}

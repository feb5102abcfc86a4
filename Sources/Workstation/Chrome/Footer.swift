import Terminal

extension Workstation {
  /// The last line: the keys that work here, with the way to all the others always in view.
  func drawFooter(on canvas: inout Canvas) {
    let (_, line) = canvas.bounds.splitRows(bottom: 1)
    let always = footerEnd
    let room = footerRoom
    canvas.draw(always, at: Position(line.endX - cellWidth(of: always), line.y), style: .muted)
    if let hint = notices.hint {
      canvas.draw(hint, at: Position(1, line.y), style: .accent, maxWidth: max(0, room))
      return
    }
    var spans: [Span] = []
    var used = 0
    for command in keymap.all(at: place) where !command.label.isEmpty {
      guard command.obstacle(self) == nil else { continue }
      let key = command.footerKeys
      let width = cellWidth(of: key) + 1 + cellWidth(of: command.label) + 2
      // A hint that does not fit is left out whole: half a hint is a riddle.
      guard used + width <= room else { break }
      spans += [Span(key, style: .accent), Span(" \(command.label)  ", style: .text)]
      used += width
    }
    canvas.draw(spans, at: Position(1, line.y))
  }

  /// The way to every command, at the right end of the footer.
  private var footerEnd: String {
    place.isText
      ? "\(keymap.key("help-while-typing")) help "
      : "\(keymap.key("palette")) command  \(keymap.key("help")) help "
  }

  /// Columns that hints have.
  var footerRoom: Int { bounds.width - cellWidth(of: footerEnd) - 3 }

  /// The line above the footer, where there is something to be mended.
  func drawFailure(on canvas: inout Canvas) {
    guard let text = notices.line, canvas.height > 2 else { return }
    let y = canvas.height - 2
    let keys = "  \(keymap.key("retry")) retry  \(keymap.key("put-away")) put away "
    let room = max(0, canvas.width - cellWidth(of: keys) - 2)
    canvas.fill(Rect(x: 0, y: y, width: canvas.width, height: 1))
    canvas.draw(text, at: Position(1, y), style: .critical.bold, maxWidth: room)
    canvas.draw(keys, at: Position(canvas.width - cellWidth(of: keys), y), style: .accent)
  }

  /// What is between the header and the footer.
  func body(of bounds: Rect) -> Rect {
    let (_, below) = bounds.splitRows(top: 1)
    return below.splitRows(bottom: notices.line == nil ? 1 : 2).rest
  }
}

extension Command {
  /// The first key, or the whole text where that is short.
  fileprivate var footerKeys: String {
    cellWidth(of: keyText) <= 7 ? keyText : keys.first?.name ?? keyText
  }
}

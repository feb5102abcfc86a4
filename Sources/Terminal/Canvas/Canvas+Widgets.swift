extension Canvas {
  /// Clears `rect`, frames it and answers the room inside.
  ///
  /// Pictures below it are taken off the canvas, as pixels would shine through. It has the keys and
  /// so the mouse: rows of lists outside it can no longer be clicked on.
  @discardableResult
  public mutating func popup(
    _ rect: Rect, title: String = "", trailing: String = "", footer: String = "",
    style: Style = .accent, border: Border = .single
  ) -> Rect {
    pictures.removeAll { $0.rect.intersects(rect) }
    choices = []
    fill(rect)
    box(rect, title: title, trailing: trailing, footer: footer, style: style, border: border)
    return rect.inset(by: 1)
  }

  /// Draws one line of text being typed, scrolled so that the caret is always seen.
  ///
  /// `caret` counts characters from the start of `text`. Where the field has the focus it is
  /// underlined and the terminal's cursor stands at the caret.
  public mutating func textField(
    _ text: String, caret: Int, at position: Position, width: Int, isFocused: Bool,
    style: Style = .text
  ) {
    guard width > 0 else { return }
    let fieldStyle = isFocused ? style.underlined : style
    fill(Rect(x: position.x, y: position.y, width: width, height: 1), style: fieldStyle)
    let caret = min(max(0, caret), text.count)
    let before = Array(Glyph.Sequence(String(text.prefix(caret))))
    var start = 0
    var beforeWidth = before.reduce(0) { $0 + Int($1.width) }
    // The caret itself needs a cell, so one less than the width may stand before it.
    while beforeWidth > width - 1, start < before.count {
      beforeWidth -= Int(before[start].width)
      start += 1
    }
    let visible =
      String(before[start...].map(\.character)) + String(text.dropFirst(caret))
    draw(visible, at: position, style: fieldStyle, maxWidth: width)
    let place = Position(position.x + beforeWidth, position.y)
    if isFocused, clip.contains(place) { cursor = place }
  }

  /// Draws the rows of a list, the selected one marked `▸` and styled across its whole width.
  ///
  /// `first` is the row at the top; ask ``firstRow(showing:of:height:from:)`` for it. The cursor
  /// goes to the selection when the list has the focus. A click can find the rows by
  /// ``choice(at:)``.
  public mutating func list(
    _ rows: [[Span]], in rect: Rect, selected: Int?, first: Int = 0, isFocused: Bool = true
  ) {
    for (line, index) in (max(0, first)..<max(0, first, rows.count)).prefix(rect.height)
      .enumerated()
    {
      let y = rect.y + line
      let isSelected = index == selected
      draw(rows[index], at: Position(rect.x + 1, y), maxWidth: rect.width - 1)
      noteChoice(index, on: Rect(x: rect.x, y: y, width: rect.width, height: 1))
      guard isSelected else { continue }
      self[rect.x, y] = Cell("▸")
      if isFocused {
        restyle(Rect(x: rect.x, y: y, width: rect.width, height: 1), style: .selection)
        cursor = Position(rect.x, y)
      }
    }
  }

  /// The top row of a list that keeps the selection in view and otherwise stays where it was.
  public static func firstRow(
    showing selected: Int?, of count: Int, height: Int, from first: Int
  ) -> Int {
    let last = max(0, count - max(1, height))
    guard let selected, height > 0 else { return min(max(0, first), last) }
    return min(max(0, min(max(first, selected - height + 1), selected)), last)
  }
}

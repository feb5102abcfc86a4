/// The line a box is drawn with.
public enum Border: Sendable, Hashable {
  case single
  case rounded
  /// For what is current: it differs from `single` without any colour.
  case thick

  /// Corners clockwise from the top left, then the horizontal and the vertical line.
  var glyphs: (Character, Character, Character, Character, Character, Character) {
    switch self {
    case .single: ("┌", "┐", "┘", "└", "─", "│")
    case .rounded: ("╭", "╮", "╯", "╰", "─", "│")
    case .thick: ("┏", "┓", "┛", "┗", "━", "┃")
    }
  }
}

extension Canvas {
  /// Draws a frame along the inside of `rect`; what is within stays as it is.
  ///
  /// `title` stands on the left of the top line, `trailing` on its right, `footer` on the left of
  /// the bottom line. The title goes first when there is little room.
  public mutating func box(
    _ rect: Rect, title: String = "", trailing: String = "", footer: String = "",
    style: Style = .muted, titleStyle: Style? = nil, border: Border = .single
  ) {
    guard !rect.isEmpty else { return }
    let (topLeft, topRight, bottomRight, bottomLeft, horizontal, vertical) = border.glyphs
    let right = rect.endX - 1
    let bottom = rect.endY - 1
    clipped(to: rect) { canvas in
      for x in rect.intersection(canvas.clip).x..<rect.intersection(canvas.clip).endX {
        canvas[x, rect.y] = Cell(horizontal, style: style)
        canvas[x, bottom] = Cell(horizontal, style: style)
      }
      for y in rect.intersection(canvas.clip).y..<rect.intersection(canvas.clip).endY {
        canvas[rect.x, y] = Cell(vertical, style: style)
        canvas[right, y] = Cell(vertical, style: style)
      }
      canvas[rect.x, rect.y] = Cell(topLeft, style: style)
      canvas[right, rect.y] = Cell(topRight, style: style)
      canvas[right, bottom] = Cell(bottomRight, style: style)
      canvas[rect.x, bottom] = Cell(bottomLeft, style: style)
      canvas.label(title, trailing: trailing, on: rect, y: rect.y, style: titleStyle ?? style)
      canvas.label(footer, trailing: "", on: rect, y: bottom, style: titleStyle ?? style)
    }
  }

  private mutating func label(
    _ text: String, trailing: String, on rect: Rect, y: Int, style: Style
  ) {
    let room = rect.width - 4
    guard room > 2 else { return }
    var used = 0
    if !text.isEmpty {
      let label = " " + truncated(text, toCells: room - 2) + " "
      used = draw(label, at: Position(rect.x + 2, y), style: style)
    }
    let width = cellWidth(of: trailing) + 2
    if !trailing.isEmpty, used + width < room {
      draw(" " + trailing + " ", at: Position(rect.endX - 2 - width, y), style: style)
    }
  }

  /// Draws a horizontal line of `length` cells.
  public mutating func hline(at position: Position, length: Int, style: Style = .muted) {
    fill(Rect(x: position.x, y: position.y, width: length, height: 1), with: "─", style: style)
  }

  /// Draws a vertical line of `length` cells.
  public mutating func vline(at position: Position, length: Int, style: Style = .muted) {
    fill(Rect(x: position.x, y: position.y, width: 1, height: length), with: "│", style: style)
  }
}

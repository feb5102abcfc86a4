import Terminal

/// A line of text that narrows a list down, and the row of the list one is on.
struct NarrowedList: Sendable, Hashable {
  var line = TextLine()
  /// Counted among the rows shown.
  private(set) var selected = 0
  /// The real cursor is on the selected row: it was gone to, and not found by typing.
  private(set) var isInList = false

  /// Takes a key as text, after which the best match is the first again; false if it is none.
  mutating func type(_ key: Key) -> Bool {
    guard line.type(key) else { return false }
    (selected, isInList) = (0, false)
    return true
  }

  mutating func insert(_ text: String) {
    line.insert(text)
    (selected, isInList) = (0, false)
  }

  /// A single step goes round the list of `count` rows; a longer one, and the wheel, stop at its
  /// ends.
  mutating func move(by steps: Int, of count: Int, goesRound: Bool = true) {
    isInList = true
    guard count > 0 else { return selected = 0 }
    let place = selected + steps
    selected =
      goesRound && abs(steps) == 1 ? (place + count) % count : min(max(0, place), count - 1)
  }

  /// Draws the line after a mark; the cursor is there unless it is in the list.
  func drawLine(after mark: String, on canvas: inout Canvas, in field: Rect) {
    canvas.draw(mark, at: Position(field.x + 1, field.y), style: .accent)
    canvas.textField(
      line.text, caret: line.caret, at: Position(field.x + 3, field.y),
      width: max(1, field.width - 4), isFocused: !isInList)
  }
}

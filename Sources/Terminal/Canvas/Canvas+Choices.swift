extension Canvas {
  /// A row of a list where it is seen.
  struct Choice: Sendable {
    let rect: Rect
    /// Counted as whoever drew the list counts its rows.
    let index: Int
  }

  /// Says that what is drawn there is a row of a list: whoever clicks on it means that row.
  public mutating func noteChoice(_ index: Int, on rect: Rect) {
    choices.append(Choice(rect: rect.intersection(clip), index: index))
  }

  /// The row of the list that is seen at a place; none where there is none, or a popup over it.
  public func choice(at position: Position) -> Int? {
    choices.last { $0.rect.contains(position) }?.index
  }
}

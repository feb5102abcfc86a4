extension Canvas {
  /// Draws a bar of `width` cells that is full at `fraction` 1, in steps of an eighth of a cell.
  ///
  /// `mark` is a place from 0 to 1 that gets a `│`, for a limit. What is not a number is empty.
  public mutating func bar(
    _ fraction: Double, at position: Position, width: Int, style: Style = .chart,
    mark: Double? = nil
  ) {
    guard width > 0 else { return }
    let fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
    let eighths = Int((fraction * Double(width * 8)).rounded())
    for index in 0..<width {
      let filled = min(8, max(0, eighths - index * 8))
      let glyph: Character = filled == 0 ? "░" : Self.leftEighths[filled]
      self[position.x + index, position.y] = Cell(glyph, style: filled == 0 ? .muted : style)
    }
    if let mark, mark >= 0, mark <= 1 {
      let column = min(width - 1, Int(mark * Double(width)))
      self[position.x + column, position.y] = Cell("│", style: .text)
    }
  }

  /// Draws the last `width` values as columns of an eighth to eight eighths of a cell.
  ///
  /// The scale is `range`, or else runs from the least to the greatest finite value shown. What is
  /// not finite is drawn as `·`.
  public mutating func sparkline(
    _ values: [Double], at position: Position, width: Int, style: Style = .chart,
    range: ClosedRange<Double>? = nil
  ) {
    let shown = values.suffix(max(0, width))
    let finite = shown.filter(\.isFinite)
    let low = range?.lowerBound ?? finite.min() ?? 0
    let high = range?.upperBound ?? finite.max() ?? 1
    for (index, value) in shown.enumerated() {
      var glyph: Character = "·"
      if value.isFinite {
        let share = high > low ? min(max((value - low) / (high - low), 0), 1) : 0.5
        glyph = Self.lowerEighths[1 + Int((share * 7).rounded())]
      }
      self[position.x + index, position.y] = Cell(glyph, style: style)
    }
  }

  /// Draws values as bars side by side over the whole of `rect`, in steps of an eighth of a cell.
  ///
  /// The first value is on the left; each gets its share of the width, and where there are more
  /// values than columns the last one that belongs to a column counts. Below `range` a bar is one
  /// eighth high, and what is missing or not finite is left out.
  public mutating func columns(
    _ values: [Double?], in rect: Rect, range: ClosedRange<Double>, style: Style = .chart
  ) {
    let span = range.upperBound - range.lowerBound
    guard !values.isEmpty, !rect.isEmpty, span > 0 else { return }
    for column in 0..<rect.width {
      let first = column * values.count / rect.width
      let next = max(first + 1, (column + 1) * values.count / rect.width)
      guard let value = values[first..<next].compactMap(\.self).last, value.isFinite else {
        continue
      }
      let share = min(max((value - range.lowerBound) / span, 0), 1)
      let eighths = max(1, Int((share * Double(rect.height * 8)).rounded()))
      for row in 0..<rect.height {
        let filled = min(8, max(0, eighths - row * 8))
        guard filled > 0 else { break }
        self[rect.x + column, rect.endY - 1 - row] = Cell(Self.lowerEighths[filled], style: style)
      }
    }
  }

  /// Left parts of a cell, by eighths; the first one is empty.
  static let leftEighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  /// Lower parts of a cell, by eighths; the first one is empty.
  static let lowerEighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}

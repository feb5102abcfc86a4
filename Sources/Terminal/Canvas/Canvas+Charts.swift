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

  /// Left parts of a cell, by eighths; the first one is empty.
  static let leftEighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  /// Lower parts of a cell, by eighths; the first one is empty.
  static let lowerEighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}

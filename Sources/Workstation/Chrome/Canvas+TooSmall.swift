import Terminal

extension Canvas {
  /// What a screen says where it cannot be drawn.
  mutating func drawTooSmall(whatIsSafe: String) {
    let lines = [
      "SecondLook needs 60 × 16 cells;", "this terminal has \(width) × \(height).",
      "Make it larger, or press q to leave.", whatIsSafe,
    ]
    for (line, text) in lines.enumerated() { draw(text, at: Position(0, line)) }
  }
}

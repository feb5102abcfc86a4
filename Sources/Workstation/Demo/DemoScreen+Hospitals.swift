import Terminal

extension DemoScreen {
  /// A header and a row for each hospital: what stays, how far it is, and what left.
  func drawHospitals(on canvas: inout Canvas, in rect: Rect) {
    let isWide = rect.width >= 116
    let hasWords = rect.width >= 88
    let columns = rect.splitColumns(left: 2).rest.splitColumns([
      .share(1), .cells(isWide ? 19 : hasWords ? 14 : 6), .cells(hasWords ? 11 : 0),
      .cells(hasWords ? 24 : rect.width >= 70 ? 16 : 9), .cells(7), .cells(7),
      .cells(isWide ? 24 : hasWords ? 12 : 8),
    ])
    let titles = [
      "Hospital", isWide ? "Lessons that stay" : hasWords ? "Lessons stay" : "Stay",
      hasWords ? "Now" : "", "Rounds", "Change",
      "AUROC", isWide ? "Sealed parameters out" : hasWords ? "Sealed out" : "Out",
    ]
    for (title, column) in zip(titles, columns) {
      draw(title, in: column, y: rect.y, isRight: Self.isNumber(title), style: .muted, on: &canvas)
    }
    let shown = hospitals.prefix(max(0, rect.height - 1))
    for (line, hospital) in shown.enumerated() {
      let y = rect.y + 1 + line
      let isLast = line == rect.height - 2 && hospitals.count > shown.count
      guard !isLast else {
        canvas.draw(
          "and \(hospitals.count - line) more", at: Position(rect.x + 2, y), style: .muted)
        break
      }
      draw(hospital, in: columns, x: rect.x, y: y, on: &canvas)
    }
  }

  private static func isNumber(_ title: String) -> Bool {
    !["Hospital", "Now", "Rounds", ""].contains(title)
  }

  private func draw(
    _ hospital: Hospital, in columns: [Rect], x: Int, y: Int, on canvas: inout Canvas
  ) {
    let (glyph, word, style) = look(of: hospital)
    canvas[x, y] = Cell(glyph, style: style)
    func text(_ text: String, _ column: Int, style: Style = .text) {
      draw(
        text, in: columns[column], y: y, isRight: column != 0 && column != 2, style: style,
        on: &canvas)
    }
    text(sanitized(hospital.name), 0, style: hospital.work == .trains ? .title : .text)
    text(hospital.lessons.map(String.init) ?? "–", 1)
    text(word, 2, style: style)
    let isTakingIn = hospital.lessons == nil
    let share =
      isTakingIn
      ? hospital.takenIn.fraction : Double(hospital.round) / Double(max(1, plan.rounds))
    canvas.bar(
      share, at: Position(columns[3].x, y), width: max(0, columns[3].width - 1),
      style: isTakingIn ? .info : .chart)
    text(hospital.change.map { Self.decimals($0, 3) } ?? "–", 4)
    text(hospital.auroc.map(Self.score) ?? "–", 5)
    text(hospital.bytes > 0 ? ByteText.words(hospital.bytes) : "–", 6)
  }

  private func look(of hospital: Hospital) -> (Character, String, Style) {
    if stage > .federate { return ("✓", "learned", .ok) }
    switch hospital.work {
    case .waits: return ("·", "waits", .muted)
    case .takesIn: return ("▸", "takes in", .accent)
    case .isReady: return ("✓", "is ready", .ok)
    case .trains: return ("▸", "trains", .accent)
    case .sent: return ("✓", "sent", .ok)
    }
  }

  private func draw(
    _ text: String, in column: Rect, y: Int, isRight: Bool, style: Style, on canvas: inout Canvas
  ) {
    // The last cell of a column is the gap to the next one.
    let width = max(0, column.width - 1)
    canvas.draw(
      padded(text, toCells: width, alignment: isRight ? .right : .left),
      at: Position(column.x, y), style: style, maxWidth: width)
  }

  /// The pooled AUROC by round, on one line or on many.
  func drawCurve(on canvas: inout Canvas, in rect: Rect) {
    guard rect.height > 1 else {
      let label = "AUROC "
      let score = latestScore.map { Self.score($0.auroc) } ?? "not measured yet"
      let end = canvas.draw(label, at: rect.origin, style: .muted)
      let width = rect.width - end - cellWidth(of: score) - 1
      canvas.columns(
        scores, in: Rect(x: rect.x + end, y: rect.y, width: width, height: 1), range: 0.4...1)
      canvas.draw(
        score, at: Position(rect.endX - cellWidth(of: score), rect.y),
        style: latestScore == nil ? .muted : .title)
      return
    }
    let (axis, chart) = rect.splitColumns(left: 4)
    canvas.draw("1.0", at: axis.origin, style: .muted)
    canvas.draw("0.5", at: Position(axis.x, axis.endY - 1), style: .muted)
    canvas.columns(scores, in: chart, range: 0.5...1)
    if latestScore == nil {
      canvas.draw(
        "0.5 is guessing, 1.0 is never wrong; the first round is still to come.",
        at: Position(chart.x + 1, chart.y + chart.height / 2), style: .muted,
        maxWidth: chart.width - 2)
    }
  }
}

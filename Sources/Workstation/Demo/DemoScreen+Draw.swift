public import Terminal

extension DemoScreen {
  /// Draws the whole screen; below 60 by 16 cells it says what size is needed instead.
  public func draw(on canvas: inout Canvas) {
    guard canvas.width >= 60, canvas.height >= 16 else {
      canvas.drawTooSmall(whatIsSafe: "The demo goes on.")
      return
    }
    drawHeader(on: &canvas)
    drawFooter(on: &canvas)
    let body = canvas.bounds.splitRows(top: 1).rest.splitRows(bottom: 1).rest
    if canvas.width < 80 || canvas.height < 24 {
      drawNarrow(on: &canvas, in: body)
    } else {
      drawWide(on: &canvas, in: body)
    }
    if showsHelp { drawHelp(on: &canvas, in: body) }
  }

  private var safety: String { "research software, no medical device" }

  private func drawHeader(on canvas: inout Canvas) {
    canvas.fill(canvas.bounds.splitRows(top: 1).top, style: .title)
    let badge =
      plan.isSynthetic ? [Span("SYNTHETIC", style: .warning.bold.reversed), Span(" ")] : []
    let right = badge + [Span(clockText, style: .text)]
    let width = right.reduce(0) { $0 + cellWidth(of: $1.text) }
    canvas.draw([Span("SecondLook ▸ Demo", style: .title)], at: Position(1, 0))
    canvas.draw(right, at: Position(canvas.width - width - 1, 0))
  }

  private func drawFooter(on canvas: inout Canvas) {
    let y = canvas.height - 1
    canvas.draw(
      safety, at: Position(canvas.width - cellWidth(of: safety) - 1, y), style: .muted)
    if isStopping {
      canvas.draw("Stopping …", at: Position(1, y), style: .accent)
    } else {
      canvas.draw(
        [
          Span("q", style: .accent), Span(" stop  "), Span("?", style: .accent),
          Span(canvas.width < 80 ? " help" : " what is this"),
        ], at: Position(1, y))
    }
  }

  // MARK: Layouts

  /// One frame: stages, hospitals, the curve, what leaves.
  private func drawNarrow(on canvas: inout Canvas, in body: Rect) {
    canvas.box(body, title: title, titleStyle: .title)
    let inside = body.inset(dx: 2, dy: 1)
    let (stageRows, rest) = inside.splitRows(top: stages.count)
    drawStages(on: &canvas, in: stageRows)
    let (line, below) = rest.splitRows(top: 1)
    canvas.hline(at: Position(body.x + 1, line.y), length: body.width - 2)
    canvas[body.x, line.y] = Cell("├", style: .muted)
    canvas[body.endX - 1, line.y] = Cell("┤", style: .muted)
    canvas.draw(" Hospitals ", at: Position(body.x + 2, line.y), style: .title)
    let (above, last) = below.splitRows(bottom: 1)
    let (table, chart) = above.splitRows(
      top: min(above.height - 1, max(3, plan.hospitals.count, hospitals.count) + 1))
    drawHospitals(on: &canvas, in: table)
    drawCurve(on: &canvas, in: chart)
    canvas.draw(departure(isShort: true), at: last.origin, maxWidth: last.width)
  }

  /// Stages and what they mean beside a picture; below them the hospitals and the curve.
  private func drawWide(on canvas: inout Canvas, in body: Rect) {
    let tableHeight = max(3, plan.hospitals.count, hospitals.count) + 3
    let rows = body.splitRows([
      .cells(max(stages.count + 6, body.height - tableHeight - max(5, body.height / 4))),
      .cells(min(tableHeight, body.height - 16)), .share(1),
    ])
    let hasPicture = plan.isSynthetic
    let cell = capabilities.cellPixels
    // A chest is as wide as high; a cell is not.
    let square = (rows[0].height - 2) * cell.height / max(1, cell.width) + 2
    let pictureWidth = hasPicture ? min(max(24, square), body.width / 2) : 0
    let (left, right) = rows[0].splitColumns(right: pictureWidth)
    let (stageRows, story) = left.splitRows(top: stages.count + 2)
    canvas.box(stageRows, title: title, titleStyle: .title)
    drawStages(on: &canvas, in: stageRows.inset(dx: 2, dy: 1))
    drawStory(on: &canvas, in: story)
    if hasPicture { drawPicture(on: &canvas, in: right) }
    canvas.box(rows[1], title: "Hospitals", titleStyle: .title)
    drawHospitals(on: &canvas, in: rows[1].inset(dx: 2, dy: 1))
    let score = latestScore.map { "\(Self.score($0.auroc)) after round \($0.round)" } ?? ""
    canvas.box(
      rows[2], title: "AUROC on validation pictures of all hospitals", trailing: score,
      titleStyle: .title)
    drawCurve(on: &canvas, in: rows[2].inset(dx: 2, dy: 1))
  }

  private var title: String {
    let count = max(hospitals.count, plan.hospitals.count)
    let number = ["", "One hospital learns", "Two hospitals", "Three hospitals"]
    let who = number.indices.contains(count) && count > 0 ? number[count] : "\(count) hospitals"
    return count == 1 ? who : count == 0 ? "Hospitals learn together" : "\(who) learn together"
  }

  // MARK: Parts

  private func drawStages(on canvas: inout Canvas, in rect: Rect) {
    for (line, stage) in stages.prefix(rect.height).enumerated() {
      let isRunning = stage == self.stage
      let isOver = stage < self.stage
      let y = rect.y + line
      canvas.draw(
        [
          Span(
            isOver ? "✓ " : isRunning ? "▸ " : "· ",
            style: isOver ? .ok : isRunning ? .accent : .muted),
          Span(stage.title, style: isRunning ? .title : isOver ? .text : .muted),
        ], at: Position(rect.x, y))
      let detail = detail(of: stage)
      let detailWidth = 15
      let barWidth = rect.width - 21 - detailWidth - 1
      if stage != .open, barWidth >= 4 {
        canvas.bar(fraction(of: stage), at: Position(rect.x + 21, y), width: barWidth)
      }
      canvas.draw(
        detail, at: Position(rect.endX - detailWidth, y), style: isRunning ? .text : .muted,
        maxWidth: detailWidth)
    }
  }

  /// What leaves, which is always there, and what happens now, where there is room.
  private func drawStory(on canvas: inout Canvas, in rect: Rect) {
    canvas.box(rect, title: "What leaves the hospitals", titleStyle: .title)
    let inside = rect.inset(dx: 2, dy: 1)
    var lines = wrapped(departure(isShort: false), toCells: max(1, inside.width))
      .map { [Span($0)] }
    let story = wrapped(stage.story, toCells: max(1, inside.width))
      .map { [Span($0, style: .muted)] }
    let room = inside.height - lines.count - story.count
    if room >= 1 { lines += [[]] + (room >= 2 ? [[Span(stage.title, style: .title)]] : []) + story }
    for (line, spans) in lines.prefix(inside.height).enumerated() {
      canvas.draw(spans, at: Position(inside.x, inside.y + line), maxWidth: inside.width)
    }
  }

  /// The answer to the question every hospital asks first.
  private func departure(isShort: Bool) -> String {
    let sent = bytesSent
    if isShort {
      return sent == 0
        ? "Nothing has left a hospital; images never will."
        : "Left: \(ByteText.words(sent)) of sealed parameters; no image ever."
    }
    return sent == 0
      ? "Nothing yet. Soon sealed parameters and counts, nothing else: no image, no name, no report."
      : "\(ByteText.words(sent)) of sealed parameters, with counts, and nothing else: no "
        + "image, no name, no report."
  }

  private func drawPicture(on canvas: inout Canvas, in rect: Rect) {
    let picture = shownPicture
    canvas.box(
      rect, title: picture.map { sanitized($0.hospital) } ?? "Radiograph",
      trailing: picture.map { $0.lesions.isEmpty ? "normal" : "abnormal" } ?? "",
      footer: "SYNTHETIC image", titleStyle: .title)
    let inside = rect.inset(by: 1)
    if let picture {
      picture.draw(on: &canvas, in: inside, capabilities: capabilities)
    } else {
      canvas.draw(
        "Drawing the first …", at: Position(inside.x + 1, inside.y), style: .muted,
        maxWidth: inside.width - 1)
    }
  }

  private func drawHelp(on canvas: inout Canvas, in body: Rect) {
    let text =
      "Hospitals that may not share images can still learn together: the network travels, the "
      + "images stay. \(plan.isSynthetic ? "All of this is made up: hospitals, people, images. " : "")"
      + "AUROC says how well normal and abnormal are told apart: 0.5 is guessing, 1 is never wrong. "
      + "The curve is the demo's own look at pictures kept for validation; in a real federation no "
      + "one could draw it over all hospitals.\n"
      + "q, ^C stop and remove everything   ^Z suspend   ^L draw anew   ? close"
    let width = min(76, body.width - 2)
    let lines = wrapped(text, toCells: width - 4)
    let inside = canvas.popup(
      body.centred(width: width, height: lines.count + 2), title: "What is this",
      trailing: safety)
    for (line, text) in lines.prefix(inside.height).enumerated() {
      canvas.draw(text, at: Position(inside.x + 1, inside.y + line), maxWidth: inside.width - 2)
    }
  }

  /// `0.940`.
  static func score(_ value: Double) -> String { decimals(value, 3) }

  /// A figure with so many decimals; a dash for what is no number.
  static func decimals(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "–" }
    let scale = (0..<places).reduce(1) { whole, _ in whole * 10 }
    let whole = Int((abs(value) * Double(scale)).rounded())
    let part = String(whole % scale + scale).dropFirst()
    return "\(value < 0 ? "-" : "")\(whole / scale).\(part)"
  }
}

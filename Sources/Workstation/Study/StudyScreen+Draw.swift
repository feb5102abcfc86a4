import Foundation
import Radiology
import Terminal

extension StudyScreen {
  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let layout = workstation.studyContext.layout(self)
    if let rect = layout.report { drawReport(on: &canvas, in: rect, workstation: workstation) }
    if let rect = layout.findings { drawFindings(on: &canvas, in: rect, workstation: workstation) }
    if let rect = layout.image { drawImage(on: &canvas, in: rect, workstation: workstation) }
    if let rect = layout.prior { drawPrior(on: &canvas, in: rect, workstation: workstation) }
    switch mode {
    case .rejecting: Overlay.drawChoice(of: .rejecting, on: &canvas, workstation: workstation)
    case .calling: Overlay.drawChoice(of: .calling, on: &canvas, workstation: workstation)
    case .browsing, .windowing, .placing, .editing, .measuring: break
    }
  }

  /// What the model may do and with what threshold, for the lower border of a pane.
  func limitsLine(_ frame: Rect) -> String {
    ModelLimits.line(open.limits, width: frame.width - 6)
  }

  /// The image is not beside the other panes, or too narrow to say all of it on its border.
  func isImageAside(_ workstation: Workstation) -> Bool {
    focus == .report || workstation.studyContext.layout(self).image == nil
  }

  /// `2/3 reviewed · not called`.
  var headline: [Span] {
    if let other = open.lockedBy {
      return [Span("▲ read-only · \(sanitized(other))", style: .warning)]
    }
    if isOvertaken { return [Span("▲ read-only · in other hands", style: .warning)] }
    if isSigning { return [Span("signing…", style: .accent)] }
    if isBlind { return [Span("▒ second look · first reading hidden", style: .info)] }
    if isSigned { return [Span("✓ signed", style: .ok)] }
    let reviewed = findings.count - shownReview.open.count
    let call = work.review.call?.rawValue ?? "not called"
    return [
      Span(call, style: work.review.call == nil ? .muted : .text.bold),
      Span(findings.isEmpty ? "" : " · \(reviewed)/\(findings.count) reviewed", style: .muted),
      Span(hidesAnswer ? " · ▒ answer hidden" : "", style: .muted),
    ]
  }

  private func drawFindings(on canvas: inout Canvas, in rect: Rect, workstation: Workstation) {
    let isFocused = focus == .findings
    let place = findings.firstIndex { $0.id == current }.map { "\($0 + 1)/\(findings.count)" }
    canvas.box(
      rect, title: "Regions", trailing: place ?? "",
      footer: isImageAside(workstation) ? limitsLine(rect) : "",
      style: isFocused ? .accent : .muted,
      titleStyle: isFocused ? .accent : .text)
    let inside = rect.inset(by: 1)
    let about = aboutLines(width: inside.width - 2, keymap: workstation.keymap)
    let (list, below) = inside.splitRows(bottom: min(about.count, max(0, inside.height - 2)))
    canvas.clipped(to: below) { canvas in
      for (index, line) in about.enumerated() {
        canvas.draw(line, at: Position(below.x + 1, below.y + index), maxWidth: below.width - 2)
      }
    }
    guard !findings.isEmpty else {
      canvas.clipped(to: list) { canvas in
        let text =
          hidesAnswer
          ? "▒ Hidden until you call it (\(workstation.keymap.key("call")))"
          : "No region to look at again."
        canvas.draw(text, at: Position(list.x + 1, list.y), style: .muted)
      }
      return
    }
    // Two lines for each region, and the current one never cut in half.
    let lines = findings.flatMap { findingLines($0, width: list.width) }
    let index = findings.firstIndex { $0.id == current }
    let first = Canvas.firstRow(
      showing: index.map { $0 * 2 + 1 }, of: lines.count, height: list.height, from: 0)
    canvas.clipped(to: list) { canvas in
      for (line, spans) in lines.dropFirst(first).prefix(list.height).enumerated() {
        canvas.draw(spans, at: Position(list.x + 1, list.y + line), maxWidth: list.width - 1)
      }
      guard let index else { return }
      let y = list.y + index * 2 - first
      canvas[list.x, y] = Cell("▸", style: .accent)
      if isFocused {
        canvas.restyle(Rect(x: list.x, y: y, width: list.width, height: 1), style: .selection)
        canvas.cursor = Position(list.x, y)
      }
    }
  }

  private func findingLines(_ finding: Finding, width: Int) -> [[Span]] {
    let bar = max(0, min(12, width - 22))
    var first = [
      Span("\(finding.glyph) ", style: finding.style),
      Span(padded(sanitized(finding.name), toCells: 4), style: .text.bold),
    ]
    if let probability = finding.probability {
      let full = Int((min(max(probability, 0), 1) * Double(bar)).rounded())
      first += [
        Span(String(repeating: "█", count: full), style: .chart),
        Span(String(repeating: "░", count: bar - full) + " ", style: .muted),
        Span(ShareText.decimals(probability)),
      ]
    } else {
      first.append(Span("added by the reader", style: .muted))
    }
    var details = [finding.state.rawValue]
    if !finding.note.isEmpty { details.append(sanitized(finding.note)) }
    if let index = open.instances.firstIndex(where: { $0.id == finding.region.instance }) {
      let instance = open.instances[index]
      if let size = finding.region.longestSide(
        rowSpacing: instance.rowSpacing, columnSpacing: instance.columnSpacing)
      {
        details.append("\(Int(min(size, 1e6).rounded())) mm")
      }
      if open.instances.count > 1 { details.append("image \(index + 1)") }
    }
    return [first, [Span("  " + details.joined(separator: " · "), style: .muted)]]
  }
}

import Foundation
import Radiology
import Reporting
import Terminal

extension StudyScreen {
  /// The report: to be read beside the image, or to be written in when it has the keys.
  func drawReport(on canvas: inout Canvas, in rect: Rect, workstation: Workstation) {
    let isFocused = focus == .report
    canvas.box(
      rect, title: "Report  \(reportState(workstation))", trailing: isFocused ? sectionCount : "",
      footer: isImageAside(workstation) ? limitsLine(rect) : "",
      style: isFocused ? .accent : .muted, titleStyle: isFocused ? .accent : .text)
    let offered = isFocused ? workstation.offeredSnippets : []
    let (inside, list) = rect.inset(by: 1).splitRows(
      bottom: min(offered.count, rect.height / 3))
    guard !inside.isEmpty else { return }
    drawSnippets(offered, on: &canvas, in: list)
    let width = ReportEditor.textWidth(pane: rect)
    var lines: [[Span]] = []
    var caret: Position?
    var caretSection = 0
    if let given = preliminaryState(workstation) {
      lines.append([Span(" · ", style: .info), Span(given, style: .info)])
    }
    for (index, section) in work.report.sections.enumerated() {
      let isCurrent = isFocused && index == editor.section
      let glyph = section.isEmpty ? (section.isRequired ? "!" : "·") : "✓"
      let style: Style =
        section.isEmpty ? (section.isRequired ? .warning : .muted) : .ok
      if isCurrent { caretSection = lines.count }
      lines.append([
        Span(isCurrent ? "▸" : " ", style: .accent), Span(glyph + " ", style: style),
        Span(sanitized(section.title), style: isCurrent ? .accent.bold : .title),
        Span(section.isEmpty && section.isRequired ? "  required" : "", style: .warning),
      ])
      let layout = TextLayout(section.text, width: width)
      if isCurrent {
        let place = layout.place(of: editor.caret)
        caret = Position(min(place.column, width), lines.count + place.line)
      }
      if section.isEmpty, !isCurrent {
        lines.append([Span("   –", style: .muted)])
      } else {
        lines += layout.lines.map { [Span("   " + $0.text)] }
      }
      if inside.height > 18 { lines.append([]) }
    }
    // The caret stays in view, with its heading where there is room for both.
    let first = max(
      0,
      min(
        caret.map { $0.y - inside.height + 2 } ?? 0, lines.count - inside.height,
        caret == nil ? 0 : .max))
    let start = caret.map { min(max(first, 0), $0.y, max(first, caretSection)) } ?? 0
    canvas.clipped(to: inside) { canvas in
      for (index, line) in lines.dropFirst(start).prefix(inside.height).enumerated() {
        canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
      }
    }
    if let caret, workstation.overlays.isEmpty {
      canvas.cursor = Position(
        min(inside.x + 3 + caret.x, inside.endX - 1),
        min(inside.y + caret.y - start, inside.endY - 1))
    }
  }

  /// What the abbreviation before the caret may become; a space makes it so.
  private func drawSnippets(_ offered: [Snippet], on canvas: inout Canvas, in rect: Rect) {
    for (index, snippet) in offered.prefix(rect.height).enumerated() {
      let isLast = index == rect.height - 1 && offered.count > rect.height
      let line =
        isLast
        ? [Span(" … and \(offered.count - index) more", style: .muted)]
        : [
          Span(" ;" + padded(sanitized(snippet.abbreviation), toCells: 7), style: .accent),
          Span(sanitized(snippet.phrase.shown), style: .muted),
        ]
      canvas.draw(line, at: Position(rect.x, rect.y + index), maxWidth: rect.width)
    }
  }

  private func reportState(_ workstation: Workstation) -> String {
    let report = work.report
    if let signed = report.signed {
      let when = ClockText.moment(signed, now: workstation.now, in: workstation.options.timeZone)
      return "signed \(when) by \(sanitized(report.author))"
    }
    let kind = report.state == .addendum ? "addendum draft" : "draft"
    if tellsUnsaved(at: workstation.now) { return "\(kind) · not saved yet" }
    if let draftSaved {
      return "\(kind) · saved "
        + ClockText.moment(draftSaved, now: workstation.now, in: workstation.options.timeZone)
    }
    return kind
  }

  private var sectionCount: String {
    let done = work.report.sections.filter { !$0.isEmpty }.count
    return "\(done) of \(work.report.sections.count) sections"
  }
}

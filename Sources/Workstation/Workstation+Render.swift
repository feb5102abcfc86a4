import Foundation
import Radiology
public import Terminal

extension Workstation {
  /// Draws the whole screen; below 60 by 16 cells it says what size is needed instead.
  public func render(on canvas: inout Canvas) {
    guard canvas.width >= 60, canvas.height >= 16 else {
      canvas.drawTooSmall(whatIsSafe: "Nothing is lost.")
      return
    }
    var fitted = self
    // The canvas is what there is, whatever the last resize said.
    fitted.bounds = canvas.bounds
    fitted.drawScreen(on: &canvas)
  }

  private func drawScreen(on canvas: inout Canvas) {
    let body = body(of: bounds)
    if let aside {
      drawAside(aside, on: &canvas, in: body)
    } else if let study {
      drawHeader(
        [Span(study.row.identity(isHidden: hidesNames), style: .title)], right: study.headline,
        on: &canvas)
      study.draw(on: &canvas, workstation: self)
    } else if let opening {
      drawHeader(
        [Span(opening.identity(isHidden: hidesNames), style: .title)], right: [], on: &canvas)
      canvas.box(body, title: "Image", footer: "Review aid – not for primary diagnosis")
      canvas.draw("Opening the study…", at: Position(body.x + 2, body.y + 2), style: .muted)
    } else {
      drawHeader([Span("SecondLook ▸ Worklist", style: .title)], right: statusSpans, on: &canvas)
      worklist.draw(on: &canvas, in: body, workstation: self)
    }
    drawFailure(on: &canvas)
    for overlay in overlays { overlay.draw(on: &canvas, workstation: self) }
    drawFooter(on: &canvas)
  }

  private func drawAside(_ aside: Aside, on canvas: inout Canvas, in body: Rect) {
    // Who it is about stands on line 1 of everything about a study.
    let title =
      clinician.report.flatMap { aside == .clinician ? $0 : nil }
      .map { $0.open.row.identity(isHidden: hidesNames) } ?? "SecondLook ▸ \(aside.place.title)"
    drawHeader([Span(title, style: .title)], right: statusSpans, on: &canvas)
    switch aside {
    case .log: log.draw(on: &canvas, in: body, workstation: self)
    case .clinician: clinician.draw(on: &canvas, in: body, workstation: self)
    case .system, .sync:
      let site = status.site.isEmpty ? "" : "  \(sanitized(status.site))"
      system.draw(
        asideLines, title: aside.place.title + site, asOf: statusAge,
        cursor: selectedLines.lowerBound,
        choices: aside == .system ? status.concernRanges(asideSetting) : [], on: &canvas, in: body)
    }
  }

  /// Which model sorts, when it was last synchronised, and who reads.
  private var statusSpans: [Span] {
    var parts: [(String, Style)] = []
    if let model = status.model {
      parts.append(("model \(sanitized(model.name)) \(model.shortID)", .text))
    } else {
      parts.append(("▲ no model", .warning))
    }
    if let sync = status.lastSync {
      parts.append(("synced \(ClockText.age(sync, now: now)) ago", .muted))
    }
    if let asOf = worklist.page?.asOf, now.timeIntervalSince(asOf) > 120,
      notices.failures.contains(where: { $0.action == .loadWorklist })
    {
      parts.append(("as of \(ClockText.time(asOf, in: options.timeZone))", .warning))
    }
    let who = [sanitized(options.reader), options.rights.words].filter { !$0.isEmpty }
    parts.append((options.isReadOnly ? "read-only" : who.joined(separator: ", "), .muted))
    return parts.enumerated().flatMap { index, part in
      (index == 0 ? [] : [Span(" · ", style: .muted)]) + [Span(part.0, style: part.1)]
    }
  }
}

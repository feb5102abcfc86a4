import Foundation
import Radiology
import Terminal

// Where documents go, what waits, and what was given up.
extension SystemStatus {
  func destinationLines(_ setting: Setting) -> [[Span]] {
    guard !destinations.isEmpty else { return [] }
    let header = [
      Span(
        padded("Deliveries", toCells: 18) + padded("Waiting", toCells: 9)
          + padded("Oldest", toCells: 9) + padded("Dead", toCells: 7) + "Delivered",
        style: .title)
    ]
    return [header] + destinations.flatMap { lines(of: $0, setting) }
  }

  private func lines(of figures: OutboxFigures, _ setting: Setting) -> [[Span]] {
    let (glyph, style): (String, Style) =
      figures.dead > 0
      ? ("✖", .critical) : figures.reason != nil ? ("▲", .warning) : ("✓", .ok)
    let last = figures.last.map { "\(figures.delivered), the last \(setting.ago($0)) ago" }
    var lines = [
      [
        Span("\(glyph) ", style: style),
        Span(padded(sanitized(figures.destination), toCells: 16)),
        Span(padded("\(figures.waiting)", toCells: 9)),
        Span(padded(setting.ago(figures.oldest), toCells: 9)),
        Span(padded("\(figures.dead)", toCells: 7), style: figures.dead > 0 ? .critical : .text),
        Span(last ?? "nothing yet", style: .muted),
      ]
    ]
    if let reason = figures.reason {
      lines += setting.paragraph("▲ waits: \(sanitized(reason))", indent: 4, style: .warning)
    }
    if figures.dead > 0 {
      lines.append([
        Span("    → given up; see: "), Span("secondlook outbox --dead", style: .accent),
      ])
    }
    return lines
  }
}

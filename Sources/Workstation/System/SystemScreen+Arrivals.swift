import Foundation
import Radiology
import Terminal

// What came in, from whom, and what was not taken and why.
extension SystemScreen {
  func arrivalLines(_ workstation: Workstation) -> [[Span]] {
    var lines = [
      [Span("Arrivals", style: .title), Span("  of the last 24 hours", style: .muted)]
    ]
    if workstation.status.arrivals.isEmpty { lines.append([Span("  None.", style: .muted)]) }
    for sender in workstation.status.arrivals.prefix(20) {
      let ago = ClockText.age(sender.last, now: workstation.now) + " ago"
      lines.append([
        Span("  · ", style: .info), Span(padded(sanitized(sender.source), toCells: 18)),
        Span(padded(ago, toCells: 12), style: .muted),
        Span(padded("\(sender.instances)", toCells: 7, alignment: .right)),
        Span(" objects  ", style: .muted),
        Span(padded(Self.bytes(sender.bytes), toCells: 8, alignment: .right), style: .muted),
        Span(
          sender.refused > 0 ? "  ▲ \(sender.refused) without a picture" : "", style: .warning),
      ])
    }
    return lines + [[]]
  }

  func refusalLines(_ workstation: Workstation) -> [[Span]] {
    var lines = [[Span("Refused lately", style: .title)]]
    if workstation.status.refused.isEmpty { lines.append([Span("  Nothing.", style: .muted)]) }
    for event in workstation.status.refused.prefix(20) {
      let at = ClockText.moment(event.at, now: workstation.now, in: workstation.options.timeZone)
      lines.append([
        Span("  ▲ ", style: .warning), Span(padded(at, toCells: 18), style: .muted),
        Span(padded(sanitized(event.actor), toCells: 12)), Span(sanitized(event.detail)),
      ])
    }
    return lines + [[]]
  }
}

import Foundation
import Radiology
import Terminal

// What comes in, from whom, and what was not taken and why.
extension SystemStatus {
  func receiverLines(_ setting: Setting) -> [[Span]] {
    var lines = [[Span("Receiver", style: .title)]]
    if let configurationError {
      lines += setting.paragraph("✖ \(sanitized(configurationError))", indent: 2, style: .critical)
    }
    switch receiver {
    case .unknown: lines.append([Span("  ▲ not known", style: .warning)])
    case .notConfigured:
      lines += setting.paragraph(
        "– none: no [receive] in secondlook.toml, nobody can send here", indent: 2, style: .muted)
    case .listening(let place, let since):
      let since = since.map { " since \(setting.moment($0))" } ?? ""
      lines.append([Span("  ✓ ", style: .ok), Span("listening as \(sanitized(place))\(since)")])
    case .down(let place, let reason):
      lines += setting.paragraph(
        "✖ \(sanitized(place)) does not listen: \(sanitized(reason))", indent: 2, style: .critical)
    }
    return lines
  }

  func archiveLines(_ setting: Setting) -> [[Span]] {
    guard !archives.isEmpty else { return [] }
    var lines = [[Span("Archives", style: .title), Span("  of the last 7 days", style: .muted)]]
    for archive in archives {
      let polled =
        archive.polled.map { "answered \(setting.ago($0)) ago" }
        ?? (archive.isPolled ? "no answer yet" : "asked by hand only")
      let (count, isShort) = archive.tally.map(Self.words) ?? ("nothing counted", false)
      let (glyph, style): (String, Style) =
        archive.error != nil
        ? ("✖", .critical)
        : isShort ? ("▲", .warning) : archive.polled == nil ? ("·", .info) : ("✓", .ok)
      lines.append([
        Span("  \(glyph) ", style: style), Span(padded(sanitized(archive.name), toCells: 14)),
        Span(padded(polled, toCells: 22), style: .muted),
        Span(count, style: isShort ? .warning : .text),
      ])
      guard let error = archive.error else { continue }
      lines += setting.paragraph(sanitized(error), indent: 6, style: .critical)
      lines.append([Span("      → try: "), Span("secondlook peer check", style: .accent)])
    }
    return lines
  }

  private static func words(_ tally: ArchiveTally) -> (String, isShort: Bool) {
    let all = "\(tally.received) of \(tally.expected) objects"
    return tally.incomplete == 0
      ? (all, false) : ("\(all), \(tally.incomplete) of \(tally.studies) studies incomplete", true)
  }

  /// Who sent what, and how much of it was refused.
  func senderLines(_ setting: Setting) -> [[Span]] {
    var lines = [
      [Span("Senders", style: .title), Span("  of the last 24 hours", style: .muted)]
    ]
    if arrivals.isEmpty, refusals.isEmpty {
      lines.append([Span("  Nothing came, nothing was refused.", style: .muted)])
    }
    let refused = Dictionary(refusals.map { ($0.source, $0) }) { first, _ in first }
    for sender in arrivals.prefix(20) {
      lines.append([
        Span("  · ", style: .info), Span(padded(sanitized(sender.source), toCells: 16)),
        Span(padded("\(sender.instances)", toCells: 6, alignment: .right)),
        Span(" objects ", style: .muted),
        Span(padded(ByteText.words(sender.bytes), toCells: 9, alignment: .right), style: .muted),
        Span(padded("  \(setting.ago(sender.last)) ago", toCells: 13), style: .muted),
        Span(
          sender.refused > 0 ? " ▲ \(sender.refused) without a picture" : "", style: .warning),
      ])
      if let refusal = refused[sender.source] { lines += refusalLine(refusal, setting) }
    }
    let senders = Set(arrivals.map(\.source))
    for refusal in refusals.prefix(20) where !senders.contains(refusal.source) {
      lines.append([
        Span("  ▲ ", style: .warning), Span(padded(sanitized(refusal.source), toCells: 16)),
        Span(padded("0", toCells: 6, alignment: .right)), Span(" objects", style: .muted),
      ])
      lines += refusalLine(refusal, setting)
    }
    return lines
  }

  private func refusalLine(_ refusal: Refusals, _ setting: Setting) -> [[Span]] {
    setting.paragraph(
      "▲ \(refusal.count) refused, the last \(setting.ago(refusal.last)) ago: "
        + sanitized(refusal.reason), indent: 6, style: .warning)
  }

  func refusalLines(_ setting: Setting) -> [[Span]] {
    guard !refused.isEmpty else { return [] }
    return [[Span("Refused lately", style: .title)]]
      + refused.prefix(20).flatMap { event in
        setting.paragraph(
          "▲ \(setting.moment(event.at)) \(sanitized(event.actor)): \(sanitized(event.detail))",
          indent: 2, style: .warning)
      }
  }
}

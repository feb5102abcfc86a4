import Foundation
import Radiology
import Terminal

/// How the stages, the models and the federation are, what came in and what left the building.
struct SystemScreen: Sendable, Hashable {
  /// The first line shown.
  private(set) var first = 0
  /// How many lines there are to scroll over; counted when drawn and when scrolled.
  mutating func scroll(by lines: Int) {
    let (sum, overflow) = first.addingReportingOverflow(lines)
    first = overflow ? (lines > 0 ? 100_000 : 0) : min(max(0, sum), 100_000)
  }

  mutating func limit(to lines: Int, height: Int) { first = min(first, max(0, lines - height)) }

  static let commands: [Command] = [
    Command(
      "scroll",
      Direction.keys.filter { ![.left, .right].contains(Direction(Command.Call(key: $0))) },
      "scroll", help: "Down and up", in: [.system], keyText: "↓↑", argument: "up|down"
    ) { workstation, call in
      workstation.scrollSystem(by: Int(Direction(call)?.step.y ?? 1))
    },
    Command(
      "scroll-page", [.pageDown, .control("d"), .character(" ")], "", help: "Down a page",
      in: [.system]
    ) { workstation, _ in workstation.scrollSystem(by: 10) },
    Command("scroll-back", [.pageUp, .control("u")], "", help: "Up a page", in: [.system]) {
      workstation, _ in workstation.scrollSystem(by: -10)
    },
  ]

  func draw(on canvas: inout Canvas, in body: Rect, workstation: Workstation) {
    canvas.box(body, title: "System  \(sanitized(workstation.status.site))", titleStyle: .title)
    let inside = body.inset(dx: 2, dy: 1)
    let lines = lines(workstation)
    let first = min(first, max(0, lines.count - inside.height))
    canvas.clipped(to: inside) { canvas in
      for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
        canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
      }
    }
    canvas.cursor = inside.isEmpty ? nil : inside.origin
  }

  func lines(_ workstation: Workstation) -> [[Span]] {
    stageLines(workstation) + arrivalLines(workstation) + refusalLines(workstation)
      + modelLines(workstation) + roundLines(workstation) + departureLines(workstation)
  }

  private func stageLines(_ workstation: Workstation) -> [[Span]] {
    var lines = [[Span("Background program", style: .title)]]
    if workstation.status.stages.isEmpty {
      lines.append([Span("  Not running. Start it with: secondlook agent", style: .muted)])
    }
    for stage in workstation.status.stages {
      let (glyph, style) = stage.health.look
      let last = stage.last.map { ClockText.age($0, now: workstation.now) + " ago" } ?? "never"
      lines.append([
        Span("  \(glyph) ", style: style), Span(padded(sanitized(stage.name), toCells: 10)),
        Span(padded(last, toCells: 12), style: .muted), Span(sanitized(stage.detail)),
      ])
    }
    return lines + [[]]
  }

  private func modelLines(_ workstation: Workstation) -> [[Span]] {
    var lines = [[Span("Models", style: .title)]]
    if workstation.status.models.isEmpty {
      lines.append([
        Span("  No model yet: studies stay unsorted. secondlook train makes one.", style: .muted)
      ])
    }
    for model in workstation.status.models.prefix(20) {
      let isActive = model.state == .active
      let round = model.round.map { "round \($0)" } ?? "trained here"
      let day = ClockText.day(model.made, in: workstation.options.timeZone)
      lines.append([
        Span(isActive ? "  ✓ " : "  · ", style: isActive ? .ok : .muted),
        Span(padded(sanitized(model.name), toCells: 18), style: isActive ? .text : .muted),
        Span(padded(model.shortID, toCells: 14), style: .muted),
        Span(padded(model.state.rawValue, toCells: 11)),
        Span(
          "\(day)  \(round)  \(model.lessons) lessons  \(model.sites.count) sites", style: .muted),
      ])
    }
    return lines + [[]]
  }

  private func roundLines(_ workstation: Workstation) -> [[Span]] {
    var lines = [[Span("Rounds", style: .title)]]
    if workstation.status.rounds.isEmpty {
      lines.append([Span("  None yet.", style: .muted)])
    }
    for round in workstation.status.rounds.prefix(20) {
      let taken = round.contributions.filter { $0.refusal == nil }
      let ended = ClockText.moment(
        round.ended, now: workstation.now, in: workstation.options.timeZone)
      let result = round.modelOut.map { "→ \($0.prefix(12))" } ?? "failed"
      lines.append([
        Span(
          round.modelOut == nil ? "  ✖ " : "  ✓ ", style: round.modelOut == nil ? .critical : .ok),
        Span(padded("\(round.number)", toCells: 6)),
        Span(padded(ended, toCells: 18), style: .muted),
        Span("\(taken.count) of \(round.contributions.count) sites  "),
        Span(
          "\(taken.reduce(0) { $0 + $1.lessons }) lessons  \(round.privacy.rawValue)  ",
          style: .muted),
        Span(result),
      ])
    }
    return lines + [[]]
  }

  /// What this site sent: the answer to the question every hospital asks first.
  private func departureLines(_ workstation: Workstation) -> [[Span]] {
    let site = workstation.status.site
    let sent = workstation.status.rounds.compactMap { round in
      round.contributions.first { $0.site == site }.map { (round, $0) }
    }
    let total = sent.reduce(0) { $0 + $1.1.bytes }
    var lines = [
      [
        Span("What left this building", style: .title),
        Span("  coefficients only: \(Self.bytes(total)) in \(sent.count) rounds", style: .muted),
      ]
    ]
    for (round, contribution) in sent.prefix(20) {
      lines.append([
        Span(
          contribution.refusal == nil ? "  · " : "  ▲ ",
          style: contribution.refusal == nil ? .info : .warning),
        Span(padded("round \(round.number)", toCells: 12)),
        Span(padded(Self.bytes(contribution.bytes), toCells: 10, alignment: .right)),
        Span("  to \(sanitized(round.coordinator))  ", style: .muted),
        Span(
          "\(round.privacy.rawValue)  sha256 \(sanitized(String(contribution.digest.prefix(12))))",
          style: .muted),
        Span(contribution.refusal.map { "  refused: \(sanitized($0))" } ?? "", style: .warning),
      ])
    }
    return lines
  }

  /// `2.1 MB`.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1000: return "\(count) B"
    case ..<1_000_000: return "\(count / 1000) kB"
    default: return "\(count / 1_000_000).\(count / 100_000 % 10) MB"
    }
  }
}

extension SystemStatus.Stage.Health {
  fileprivate var look: (String, Style) {
    switch self {
    case .working: ("✓", .ok)
    case .waiting: ("·", .info)
    case .warning: ("▲", .warning)
    case .failed: ("✖", .critical)
    case .off: ("–", .muted)
    }
  }
}

extension Workstation {
  fileprivate mutating func scrollSystem(by lines: Int) -> [Effect] {
    system.scroll(by: lines)
    system.limit(to: system.lines(self).count, height: max(1, body(of: bounds).height - 2))
    return []
  }
}

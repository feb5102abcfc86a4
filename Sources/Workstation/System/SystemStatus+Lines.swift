import Foundation
import Radiology
import Terminal

/// The status in words, as the system screen shows it.
extension SystemStatus {
  /// How the words are set.
  struct Setting {
    let now: Date
    let zone: TimeZone
    let width: Int
    /// What the cursor is on.
    var selected: Concern?

    func ago(_ date: Date?) -> String {
      date.map { ClockText.age($0, now: now) } ?? "–"
    }

    func moment(_ date: Date) -> String { ClockText.moment(date, now: now, in: zone) }

    /// Text in as many lines as it needs, indented; no end of a sentence is cut off.
    func paragraph(_ text: String, indent: Int, style: Style) -> [[Span]] {
      wrapped(text, toCells: max(20, width - indent)).map { line in
        [Span(String(repeating: " ", count: indent)), Span(line, style: style)]
      }
    }
  }

  static func plain(_ lines: [[Span]]) -> String {
    lines.map { line in
      var text = line.map(\.text).joined()
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  func lines(_ setting: Setting) -> [[Span]] {
    guard asOf != nil else { return [[Span("Reading how things are…", style: .muted)]] }
    let parts = [
      destinationLines(setting), receiverLines(setting),
      archiveLines(setting), senderLines(setting), refusalLines(setting), storageLines(setting),
      otherLines(setting),
    ]
    return linesAboveConcerns(setting)
      + (concernLines(setting) + parts).filter { !$0.isEmpty }.joined(separator: [[]])
  }

  /// What stands above what waits for a person, with the blank line before it.
  func linesAboveConcerns(_ setting: Setting) -> [[Span]] {
    agentLines(setting) + [[]] + stageLines(setting) + [[]]
  }

  private func agentLines(_ setting: Setting) -> [[Span]] {
    guard let agent else {
      return [[Span("▲ Whether the agent runs is not known.", style: .warning)]]
    }
    if agent.isRunning {
      let since = agent.since.map { " since \(setting.moment($0))" } ?? ""
      let process = agent.process.map { ", process \($0)" } ?? ""
      return [[Span("✓ ", style: .ok), Span("Agent running\(since)\(process)", style: .title)]]
    }
    let seen =
      agent.seen.map { "It was last heard of \(setting.ago($0)) ago." } ?? "It never ran here."
    return setting.paragraph(
      "✖ AGENT NOT RUNNING: nothing is received, read or delivered. \(seen)", indent: 0,
      style: .critical.bold)
      + [
        [
          Span("  → start it with: "),
          Span(AgentState.start, style: .accent),
        ]
      ]
  }

  private func stageLines(_ setting: Setting) -> [[Span]] {
    let header = [
      Span(
        "  " + padded("Stage", toCells: 16) + padded("Waiting", toCells: 9)
          + padded("Oldest", toCells: 9) + padded("Ran", toCells: 9) + "Did something",
        style: .muted)
    ]
    var lines = [header]
    for stage in stages {
      let isHeldUp = isHeldUp(stage)
      let (glyph, style) = isHeldUp ? ("▲", .warning) : stage.health.look
      let waiting = stage.backlog.map { "\($0.count)" } ?? "?"
      lines.append([
        Span("\(glyph) ", style: style),
        Span(padded(sanitized(stage.name), toCells: 16)),
        Span(padded(waiting, toCells: 9)),
        Span(padded(setting.ago(stage.backlog?.oldest), toCells: 9)),
        Span(padded(setting.ago(stage.succeeded), toCells: 9), style: .muted),
        Span(
          stage.worked.map { setting.ago($0) + " ago" } ?? "not yet known", style: .muted),
      ])
      guard let error = stage.error else { continue }
      let isNow = stage.health == .failed
      let at = stage.failed.map { " \(setting.moment($0))" } ?? ""
      let (fact, factStyle): (String, Style) =
        isNow
        ? ("✖ failed", .critical)
        : isHeldUp ? ("▲ held up; failed", .warning) : ("· mended; failed", .muted)
      lines += setting.paragraph("\(fact)\(at): \(sanitized(error))", indent: 4, style: factStyle)
      if isNow || isHeldUp, let remedy = stage.remedy {
        lines.append([Span("    → try: "), Span(sanitized(remedy), style: .accent)])
      }
    }
    return lines
  }

  /// A stage that has nothing to do until its next attempt has not mended what failed.
  private func isHeldUp(_ stage: Stage) -> Bool {
    stage.health != .failed
      && destinations.contains { $0.reason != nil && stage.name == "deliver \($0.destination)" }
  }

  private func storageLines(_ setting: Setting) -> [[Span]] {
    guard let storage else {
      return [[Span("▲ What the store holds is not known.", style: .warning)]]
    }
    let figures = storage.figures
    var lines = [
      [Span("Store", style: .title), Span("  \(sanitized(storage.home))", style: .muted)],
      [
        Span(
          "  \(figures.studies) studies, \(figures.unread) unread, \(figures.signed) signed, "
            + "\(figures.lessons) lessons, \(figures.ordersWithoutImages) orders without images")
      ],
      [
        Span(
          "  database \(ByteText.words(storage.databaseBytes)), \(figures.objects) objects of "
            + ByteText.words(figures.objectBytes))
      ],
    ]
    lines.append(diskLine(storage))
    lines.append(
      [Span("  whole and unchanged? ", style: .muted)]
        + [Span(Self.checks.joined(separator: "   "), style: .accent)])
    return lines
  }

  private func diskLine(_ storage: Storage) -> [Span] {
    guard let disk = storage.disk else {
      return [Span("  ▲ disk: how much is free is not known", style: .warning)]
    }
    if disk.isShort { return [Span("  ✖ disk \(disk.text)", style: .critical)] }
    if disk.free < disk.total / 10 { return [Span("  ▲ disk \(disk.text)", style: .warning)] }
    return [Span("  ✓ ", style: .ok), Span("disk \(disk.text)")]
  }

  private func otherLines(_ setting: Setting) -> [[Span]] {
    let model = model.map { "\(sanitized($0.name)) \($0.shortID)" }
    let sync = lastSync.map { "\(rounds.count) rounds, the last \(setting.ago($0)) ago" }
    return [
      [Span("Model   ", style: .title)]
        + [
          model.map { Span($0) }
            ?? Span("▲ none: studies stay unsorted; secondlook model add FOLDER", style: .warning)
        ],
      [
        Span("Sync    ", style: .title),
        Span(sync ?? "no round yet"),
        Span("  \(ByteText.words(bytesSent)) left the building", style: .muted),
      ],
    ]
  }
}

extension SystemStatus.Stage.Health {
  fileprivate var look: (String, Style) {
    switch self {
    case .working: ("✓", .ok)
    case .waiting: ("·", .info)
    case .failed: ("✖", .critical)
    case .off: ("–", .muted)
    }
  }
}

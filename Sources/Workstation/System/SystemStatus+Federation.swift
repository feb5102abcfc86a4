import Radiology
import Terminal

// With whom this site learns, what its node does now, and what waits for a person.
extension SystemStatus {
  func federationLines(_ setting: Setting) -> [[Span]] {
    guard let federation else {
      return [
        [Span("▲ Whether this site takes part in a federation is not known.", style: .warning)]
      ]
    }
    guard let seat = federation.seat else {
      return [
        [Span("No federation", style: .title)],
        [Span("  This site has joined none, so it syncs with nobody.", style: .muted)],
        [Span("  → join one with: "), Span("secondlook federation join URL", style: .accent)],
      ]
    }
    return seatLines(seat, federation, setting)
      + federation.pending.flatMap { pendingLines($0, setting) }
      + [privacyLine(federation.privacy)]
      + [
        [
          Span("  lessons ", style: .muted), Span("\(federation.lessons)"),
          Span(" to learn from, ", style: .muted), Span("\(federation.validation)"),
          Span(" to calibrate with, of consenting patients", style: .muted),
        ]
      ] + leftLines(federation.releases, setting)
  }

  private func seatLines(
    _ seat: FederationSeat, _ federation: FederationStatus, _ setting: Setting
  ) -> [[Span]] {
    var lines = [
      [
        Span("Federation  ", style: .title), Span(sanitized(seat.url)),
        Span(
          "  joined \(setting.moment(seat.joined)) by \(sanitized(seat.joinedBy))", style: .muted),
      ]
    ]
    if let name = federation.names.last {
      lines.append([
        Span("  this site is ", style: .muted), Span(sanitized(name)),
        Span(" to its partners", style: .muted),
      ])
    }
    if let pause = federation.pause {
      let reason = pause.reason.map { ": \(sanitized($0))" } ?? ""
      lines += setting.paragraph(
        "▲ paused by \(sanitized(pause.by)) \(setting.moment(pause.at))\(reason); nothing leaves",
        indent: 2, style: .warning)
      return lines
    }
    guard let progress = federation.progress else {
      return lines + [[Span("  ▲ its node has not been heard of yet", style: .warning)]]
    }
    lines.append([
      Span("  \(progress.phase.glyph) ", style: progress.phase.style),
      Span(progress.words), Span("  \(setting.ago(progress.at)) ago", style: .muted),
    ])
    if let note = progress.note {
      lines += setting.paragraph(sanitized(note), indent: 4, style: progress.phase.style)
    }
    return lines
  }

  private func pendingLines(_ task: LearningTask, _ setting: Setting) -> [[Span]] {
    let partners =
      task.partners.isEmpty ? "partners not said" : "with \(task.partners.joined(separator: ", "))"
    let privacy =
      task.clip.map { clip in
        "changes up to \(StudyScreen.number(clip))"
          + (task.noise.map { ", noise of \(StudyScreen.number($0)) times that" } ?? ", no noise")
      } ?? "plain, changes of any length"
    return [
      [
        Span("  ▲ ", style: .warning),
        Span("task \(sanitized(task.shortID)) WAITS", style: .warning),
        Span(
          "  asked by \(sanitized(task.coordinator)) \(setting.moment(task.asked))", style: .muted),
      ]
    ]
      + setting.paragraph(
        "would leave each round: \(task.parts.count) arrays of Float32, "
          + "\(ByteText.words(task.bytes)), how many examples, and of a "
          + "model to judge a mean loss; \(privacy); "
          + sanitized(partners), indent: 6, style: .text)
  }

  private func privacyLine(_ privacy: FederationStatus.Privacy) -> [Span] {
    let budget = privacy.budget.map { " of \(StudyScreen.number($0))" } ?? ", no budget set"
    guard let epsilon = privacy.epsilon else {
      return [
        Span("  privacy spent ", style: .muted),
        Span(
          "not bounded: \(privacy.plain) \(privacy.plain == 1 ? "answer" : "answers") left without noise",
          style: .warning),
        Span(budget, style: .muted),
      ]
    }
    return [
      Span("  privacy spent ", style: .muted), Span("ε \(StudyScreen.number(epsilon))"),
      Span("\(budget) at δ \(privacy.delta), of the site as a whole", style: .muted),
    ]
  }

  private func leftLines(_ releases: [Release], _ setting: Setting) -> [[Span]] {
    guard !releases.isEmpty else {
      return [[Span("  left this building ", style: .muted), Span("nothing yet")]]
    }
    return [[Span("  left this building", style: .muted)]]
      + releases.prefix(5).map { release in
        let round = release.round.map { "round \($0)" } ?? "a round"
        let fate =
          release.bytes.flatMap { bytes in
            release.taken.map { "\(ByteText.words(bytes)) \(setting.moment($0))" }
          } ?? "sealed, not there yet"
        return [
          Span(release.taken == nil ? "    ▲ " : "    · ", style: .info),
          Span(padded("\(release.kind) \(round)", toCells: 18)), Span("\(fate)  "),
          Span("sha256 \((release.answer ?? "–").prefix(12))", style: .muted),
        ]
      }
  }
}

extension FederationProgress {
  fileprivate var words: String {
    var words = phase.rawValue
    if let round { words += ", round \(round)" + (rounds.map { " of \($0)" } ?? "") }
    if let done { words += ", \(Int((done * 100).rounded(.down))) % done" }
    return words
  }
}

extension FederationProgress.Phase {
  fileprivate var glyph: String {
    switch self {
    case .idle: "✓"
    case .training, .evaluating, .sending: "●"
    case .connecting, .pending, .paused: "▲"
    case .stopped: "✖"
    }
  }

  fileprivate var style: Style {
    switch self {
    case .idle: .ok
    case .training, .evaluating, .sending: .info
    case .connecting, .pending, .paused: .warning
    case .stopped: .critical
    }
  }
}

public import Foundation
import Radiology
import Terminal

// Rounds, peers, models with their lineage, and what left the building.
extension SystemStatus {
  /// What `secondlook sync` prints, `width` columns wide.
  public func syncText(now: Date, in zone: TimeZone, width: Int) -> String {
    Self.plain(syncLines(Setting(now: now, zone: zone, width: width)))
  }

  func syncLines(_ setting: Setting) -> [[Span]] {
    guard asOf != nil else { return [[Span("Reading how things are…", style: .muted)]] }
    return Array(
      [
        federationLines(setting), lastRoundLines(setting), peerLines(setting), roundLines(setting),
        modelLines(setting),
        departureLines(), destinationLines(setting),
      ].filter { !$0.isEmpty }.joined(separator: [[]]))
  }

  private func lastRoundLines(_ setting: Setting) -> [[Span]] {
    guard let round = rounds.first else {
      return [[Span("No round yet", style: .title)]]
    }
    let taken = round.contributions.count { $0.refusal == nil }
    let isGood = round.modelOut != nil
    let sizes = rounds.prefix(24).reversed().map { round in
      round.modelOut == nil
        ? Double.nan : Double(round.contributions.count { $0.refusal == nil })
    }
    return [
      [
        Span(isGood ? "✓ " : "✖ ", style: isGood ? .ok : .critical),
        Span("Round \(round.number)", style: .title),
        Span(
          "  \(isGood ? "made a model" : "FAILED, no model came of it")  "
            + "\(setting.moment(round.ended)), \(setting.ago(round.ended)) ago"),
      ],
      [
        Span("  collected ", style: .muted), Span("\(taken) of \(round.contributions.count)"),
        Span(" updates  privacy ", style: .muted), Span(round.privacy.rawValue),
        Span("  by ", style: .muted), Span(sanitized(round.coordinator)),
      ],
      [
        Span("  last \(sizes.count) rounds ", style: .muted),
        Span(Self.spark(sizes), style: .chart),
        Span("  updates taken; · failed", style: .muted),
      ],
      [Span("  AUROC by round: not known, no round stores one", style: .muted)],
    ]
  }

  /// `▁▄█·`: the least value low, the greatest high, and a dot for what failed.
  static func spark(_ values: [Double]) -> String {
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let steps = Array("▁▂▃▄▅▆▇█")
    return String(
      values.map { value in
        guard value.isFinite else { return "·" }
        return high > low ? steps[Int(((value - low) / (high - low) * 7).rounded())] : "▄"
      })
  }

  /// Each site as its newest contribution shows it.
  private func peerLines(_ setting: Setting) -> [[Span]] {
    var newest: [String: (Round, Round.Contribution)] = [:]
    for round in rounds {
      for contribution in round.contributions where newest[contribution.site] == nil {
        newest[contribution.site] = (round, contribution)
      }
    }
    guard !newest.isEmpty else { return [[Span("Peers", style: .title), Span("  none known")]] }
    var lines = [
      [Span("Peers  \(newest.count)", style: .title)],
      [
        Span(
          "    " + padded("Site", toCells: 16) + padded("Round", toCells: 7)
            + padded("Lessons", toCells: 9) + padded("Up", toCells: 9)
            + padded("Norm", toCells: 8) + "Last seen", style: .muted)
      ],
    ]
    for (site, (round, contribution)) in newest.sorted(by: { $0.key < $1.key }) {
      let isTaken = contribution.refusal == nil
      lines.append([
        Span(isTaken ? "  ✓ " : "  ✖ ", style: isTaken ? .ok : .critical),
        Span(padded(sanitized(site), toCells: 16)),
        Span(padded("\(round.number)", toCells: 7)),
        Span(padded("\(contribution.lessons)", toCells: 9)),
        Span(padded(ByteText.words(contribution.bytes), toCells: 9)),
        Span(padded(StudyScreen.number(contribution.norm), toCells: 8)),
        Span("\(setting.ago(round.ended)) ago", style: .muted),
      ])
      if let refusal = contribution.refusal {
        lines += setting.paragraph("refused: \(sanitized(refusal))", indent: 6, style: .critical)
      }
    }
    return lines
  }

  private func roundLines(_ setting: Setting) -> [[Span]] {
    guard !rounds.isEmpty else { return [[Span("Rounds", style: .title), Span("  none yet")]] }
    return [[Span("Rounds", style: .title)]]
      + rounds.prefix(20).map { round in
        let taken = round.contributions.filter { $0.refusal == nil }
        let result = round.modelOut.map { "→ \(sanitized($0).prefix(12))" } ?? "failed"
        return [
          Span(
            round.modelOut == nil ? "  ✖ " : "  ✓ ",
            style: round.modelOut == nil ? .critical : .ok),
          Span(padded("\(round.number)", toCells: 6)),
          Span(padded(setting.moment(round.ended), toCells: 18), style: .muted),
          Span("\(taken.count) of \(round.contributions.count) sites  "),
          Span(
            "\(taken.reduce(0) { $0 + $1.lessons }) lessons  \(round.privacy.rawValue)  ",
            style: .muted), Span(result),
        ]
      }
  }

  private func modelLines(_ setting: Setting) -> [[Span]] {
    var lines = [[Span("Models", style: .title)]]
    if models.isEmpty {
      lines.append([
        Span("  No model yet: studies stay unsorted. secondlook train makes one.", style: .muted)
      ])
    }
    for model in models.prefix(20) {
      let isActive = model.state == .active
      let round = model.round.map { "round \($0)" } ?? "trained here"
      let day = ClockText.day(model.made, in: setting.zone)
      lines.append([
        Span(isActive ? "  ✓ " : "  · ", style: isActive ? .ok : .muted),
        Span(padded(sanitized(model.name), toCells: 18), style: isActive ? .text : .muted),
        Span(padded(sanitized(model.shortID), toCells: 14), style: .muted),
        Span(padded(model.state.rawValue, toCells: 11)),
        Span(
          "\(day)  \(round)  \(model.lessons) lessons  \(model.sites.count) sites", style: .muted),
      ])
      let parents = model.parents.map { String(sanitized($0).prefix(12)) }.joined(separator: ", ")
      let decided = model.decidedBy.map { who in
        "decided by \(sanitized(who))" + (model.decided.map { " \(setting.moment($0))" } ?? "")
      }
      let lineage = [parents.isEmpty ? nil : "from \(parents)", decided].compactMap(\.self)
      if !lineage.isEmpty {
        lines += setting.paragraph(lineage.joined(separator: "; "), indent: 6, style: .muted)
      }
      if let trial = trials[model.id], model.state != .active {
        lines += trialLines(trial, setting)
      } else if model.state == .candidate {
        lines.append([Span("      not tried beside the active model yet", style: .muted)])
      }
    }
    lines.append([
      Span("  to decide: ", style: .muted),
      Span("secondlook model gate ID   secondlook model promote ID", style: .accent),
    ])
    return lines
  }

  /// What came of a candidate's trial: the first figure, and whatever speaks against it.
  private func trialLines(_ trial: ModelTrial, _ setting: Setting) -> [[Span]] {
    let style: Style =
      switch trial.verdict {
      case .passed: .ok
      case .undecided: .warning
      case .failed: .critical
      }
    let glyph = trial.verdict == .passed ? "✓" : trial.verdict == .failed ? "✖" : "▲"
    let shown = trial.checks.enumerated().filter { $0.offset == 0 || $0.element.verdict != .passed }
    return [
      [
        Span("      \(glyph) trial \(trial.verdict.rawValue)", style: style),
        Span(
          " beside \(sanitized(String(trial.against.prefix(12)))) \(setting.moment(trial.made)), "
            + "\(trial.lessons) frozen images", style: .muted),
      ]
    ]
      + shown.flatMap { _, check in
        setting.paragraph(
          sanitized(check.words), indent: 8, style: check.verdict == .passed ? .muted : style)
      }
  }

  private func departureLines() -> [[Span]] {
    let sent = departures
    var lines = [
      [
        Span("What left this building", style: .title),
        Span(
          "  coefficients only: \(ByteText.words(bytesSent)) in \(sent.count) rounds",
          style: .muted),
      ]
    ]
    for (round, contribution) in sent.prefix(20) {
      let isTaken = contribution.refusal == nil
      lines.append([
        Span(isTaken ? "  · " : "  ▲ ", style: isTaken ? .info : .warning),
        Span(padded("round \(round.number)", toCells: 12)),
        Span(padded(ByteText.words(contribution.bytes), toCells: 10, alignment: .right)),
        Span("  to \(sanitized(round.coordinator))  ", style: .muted),
        Span(
          "\(round.privacy.rawValue)  sha256 \(sanitized(String(contribution.digest.prefix(12))))",
          style: .muted),
        Span(contribution.refusal.map { "  refused: \(sanitized($0))" } ?? "", style: .warning),
      ])
    }
    return lines
  }
}

extension ModelTrial.Check {
  /// The figures of both, the interval of their difference, and what that means.
  fileprivate var words: String {
    func figure(_ value: Double) -> String { String(format: "%.3f", value) }
    var words = name
    if let candidate, let active { words += " \(figure(candidate)), active \(figure(active))" }
    if let low, let high { words += String(format: " (%+.3f to %+.3f)", low, high) }
    return words + ": " + reason
  }
}

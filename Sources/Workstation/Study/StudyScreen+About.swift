import Radiology
import Terminal

// What is known of the open study besides its regions.
extension StudyScreen {
  /// What the model says, what the reader calls it, what to beware of, and what came before.
  func aboutLines(width: Int, keymap: Keymap) -> [[Span]] {
    var lines = verdictLines(width: width)
    let call =
      work.review.call.map { "✓ \($0.rawValue)" }
      ?? (isBlind ? "hidden" : "not yet (\(keymap.key("call")))")
    lines.append([
      Span("Call   ", style: .muted), Span(call, style: work.review.call == nil ? .warning : .ok),
    ])
    if let first = work.review.firstCall {
      lines.append([Span("       \(first.rawValue) before the answer", style: .muted)])
    }
    lines += secondLookLines(width: width, keymap: keymap)
    lines += caveatLines(width: width) + priorLines(width: width)
    if let other = open.lockedBy {
      let sentence =
        "▲ open by \(sanitized(other)), read-only; "
        + "\(keymap.key("take-over")) takes over"
      lines += wrapped(sentence, toCells: max(8, width)).map { [Span($0, style: .warning)] }
    }
    return lines + keptLines(width: width)
  }

  /// Of the image that is shown, and of images that are not here.
  private func caveatLines(width: Int) -> [[Span]] {
    var sentences = (instance?.caveats ?? []).map { ($0.text, isGrave: $0.preventsNormal) }
    if row.late > 0 { sentences.append((row.lateSentence, isGrave: true)) }
    if row.missing > 0 {
      sentences.append((row.missingSentence, isGrave: true))
    }
    guard !sentences.isEmpty else { return [] }
    return [[], [Span("Take care", style: .muted)]]
      + sentences.flatMap { text, isGrave in
        wrapped(sanitized(text), toCells: max(8, width - 2)).enumerated().map { index, line in
          [
            Span(index == 0 ? "▲ " : "  ", style: isGrave ? .warning : .muted),
            Span(line, style: isGrave ? .warning : .muted),
          ]
        }
      }
  }

  private func verdictLines(width: Int) -> [[Span]] {
    guard !hidesAnswer else {
      return [[], [Span("Model  ", style: .muted), Verdict.withheld]]
    }
    let verdict = Verdict(
      WorklistRow(
        study: row.study, patient: row.patient, triage: row.triage, review: nil, state: .unread,
        instances: row.instances, readable: row.readable))
    var model = [
      Span("Model  ", style: .muted),
      Span("\(verdict.glyph) \(verdict.word)", style: verdict.style),
    ]
    if let triage = row.triage, let probability = triage.probability {
      let threshold = triage.threshold.map { "/\(ShareText.decimals($0))" } ?? ""
      model.append(Span(" \(ShareText.decimals(probability))\(threshold)"))
    }
    var lines = [[], model]
    if let value = open.predictiveValue {
      lines.append([Span("PPV    ", style: .muted), Span(value.words)])
    }
    if let reason = row.triage?.reason {
      lines += wrapped(sanitized(reason), toCells: max(8, width - 2)).map {
        [Span("  " + $0, style: .warning)]
      }
    }
    return lines
  }

  /// Earlier studies: those that are here, then those that can be fetched.
  private func priorLines(width: Int) -> [[Span]] {
    var here = open.priors.prefix(Self.shownPriors).map { prior in
      let date = prior.study.date.map { ClockText.dicomDate(sanitized($0)) } ?? "no date"
      let call = prior.review?.call?.rawValue ?? prior.state.word
      return [Span("Prior  ", style: .muted), Span("\(date) \(prior.exam), \(call)")]
    }
    here += more(open.priors.count)
    var elsewhere = open.remotePriors.prefix(Self.shownPriors).map { prior in
      [
        Span("Prior  ", style: .muted), Span(prior.line),
        Span(" · at \(sanitized(prior.source))", style: .muted),
      ]
    }
    elsewhere += more(open.remotePriors.count)
    let hint = open.remotePriors.first.map { prior in
      wrapped("secondlook pull \(sanitized(prior.uid))", toCells: max(8, width - 7)).map {
        [Span("       " + $0, style: .muted)]
      }
    }
    return here + elsewhere + (hint ?? [])
  }

  /// Priors that are listed by line; of the others it is said how many there are.
  private static let shownPriors = 2

  private func more(_ count: Int) -> [[Span]] {
    count > Self.shownPriors
      ? [[Span("       and \(count - Self.shownPriors) more", style: .muted)]] : []
  }
}

extension RemoteStudy {
  /// `2023-01-01 CR CHEST PA`.
  fileprivate var line: String {
    let day = date.map { ClockText.dicomDate(sanitized($0)) } ?? "no date"
    return [day, sanitized(modalities.joined(separator: "/")), sanitized(description)]
      .filter { !$0.isEmpty }.joined(separator: " ")
  }
}

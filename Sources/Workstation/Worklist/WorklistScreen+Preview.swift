import Foundation
import Radiology
import Terminal

extension WorklistScreen {
  /// What is known of the study under the cursor, before it is opened.
  func drawPreview(on canvas: inout Canvas, in rect: Rect, workstation: Workstation) {
    guard let row = selectedRow else {
      canvas.box(rect, titleStyle: .title)
      return
    }
    canvas.box(
      rect, title: "\(row.label)  \(row.name(isHidden: workstation.hidesNames))",
      titleStyle: .title)
    let inside = rect.inset(dx: 2, dy: 1)
    canvas.clipped(to: inside) { canvas in
      for (line, spans) in previewLines(row, width: inside.width, workstation: workstation)
        .enumerated()
      {
        canvas.draw(spans, at: Position(inside.x, inside.y + line), maxWidth: inside.width)
      }
    }
  }

  private func previewLines(
    _ row: WorklistRow, width: Int, workstation: Workstation
  ) -> [[Span]] {
    let study = row.study
    let verdict = Verdict(row)
    var lines: [[Span]] = [[]]
    func add(_ label: String, _ text: String, _ style: Style = .text) {
      guard !text.isEmpty else { return }
      for (index, line) in wrapped(text, toCells: max(8, width - 12)).enumerated() {
        lines.append([
          Span(padded(index == 0 ? label : "", toCells: 12), style: .muted),
          Span(line, style: style),
        ])
      }
    }
    add("Exam", row.exam)
    add("Description", sanitized(study.description))
    add("Date", study.date.map { ClockText.dicomDate(sanitized($0)) } ?? "not known")
    add(
      "Arrived",
      ClockText.moment(study.arrived, now: workstation.now, in: workstation.options.timeZone)
        + " from " + sanitized(study.source))
    add(
      "Referrer", workstation.hidesNames ? "" : sanitized(study.referrer.replacing("^", with: " ")))
    if let order = row.order {
      add("Asked for", sanitized(order.summary))
    }
    add("State", row.stateWord(now: workstation.now))
    add(
      "Images",
      row.readable == row.instances
        ? "\(row.instances)" : "\(row.readable) of \(row.instances) can be read")
    if row.late > 0 { add("", row.lateSentence, .warning) }
    if row.missing > 0 { add("", row.missingSentence, .warning) }
    if study.isSynthetic { add("Source", "SYNTHETIC, no patient", .warning) }
    lines.append([])
    guard !workstation.hidesAnswer(of: row) else {
      add("Class", Verdict.withheld.text, Verdict.withheld.style)
      return lines
    }
    add("Class", "\(verdict.glyph) \(verdict.word)", verdict.style)
    if let triage = row.triage {
      if let probability = triage.probability {
        let threshold = triage.threshold.map { ", threshold \(ShareText.decimals($0))" }
        add("Probability", ShareText.decimals(probability) + (threshold ?? ""))
      }
      if let value = page?.scores.predictiveValue(of: row) {
        add("PPV", "\(value.words) at or above it")
      }
      add("Because", sanitized(triage.reason ?? ""), .warning)
      add("Model", triage.model.map { String($0.prefix(12)) } ?? "")
    }
    let isBlind = row.secondLook?.isOpen == true
    if isBlind { add("Review", "hidden until it is read once more", .muted) }
    if let review = row.review, !isBlind {
      let who = workstation.hidesNames ? "" : " by \(sanitized(review.reader))"
      add("Review", (review.call?.rawValue ?? "begun") + who)
    }
    let regions = isBlind ? row.triage?.findings ?? [] : row.regions
    if !regions.isEmpty {
      lines += [[], [Span("Regions", style: .muted)]]
      for finding in regions {
        lines.append([
          Span("  \(finding.glyph) ", style: finding.style),
          Span(padded(sanitized(finding.name), toCells: 4)),
          Span(finding.percent ?? "by a reader", style: .muted),
        ])
      }
    }
    return lines
  }
}

extension Order {
  /// `CT chest, urgent, by RIS`: its procedure, how soon, and who says so.
  fileprivate var summary: String {
    let procedure = [procedure, code?.meaning ?? "", procedureID].first { !$0.isEmpty }
    return [procedure ?? "a procedure without a name", priority.word, "by \(source)"]
      .joined(separator: ", ")
  }
}

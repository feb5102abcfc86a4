import Foundation
import Radiology
import Terminal

extension ClinicianScreen {
  /// The words beside the picture from 100 columns on, else one in place of the other.
  struct Layout {
    let words: Rect
    let picture: Rect?

    init(_ body: Rect) {
      guard body.width >= 100 else {
        words = body
        picture = nil
        return
      }
      let (left, right) = body.splitColumns(right: body.width / 2)
      words = left
      picture = right
    }
  }

  func draw(on canvas: inout Canvas, in body: Rect, workstation: Workstation) {
    guard let report else { return drawSearch(on: &canvas, in: body, workstation: workstation) }
    let layout = Layout(body)
    if let picture = layout.picture ?? (showsPicture ? body : nil) {
      drawPicture(on: &canvas, in: picture, workstation: workstation)
      guard layout.picture != nil else { return }
    }
    let isPreliminary = report.found.standing == .preliminary
    canvas.box(
      layout.words,
      title: isPreliminary ? "▲ PRELIMINARY, NOT SIGNED" : "Signed report",
      // The words may be long: whether it went out is seen without going to their end.
      trailing: report.missingDelivery(workstation.status) == nil
        ? "✓ delivered" : "▲ not delivered yet",
      footer: "research software, no medical device",
      titleStyle: isPreliminary ? .warning : .title)
    let inside = layout.words.inset(dx: 2, dy: 1)
    canvas.clipped(to: inside) { canvas in
      let lines = workstation.clinicalLines
      for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
        canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
      }
    }
    canvas.cursor = inside.isEmpty ? nil : inside.origin
  }

  private func drawPicture(on canvas: inout Canvas, in rect: Rect, workstation: Workstation) {
    guard let viewer else {
      canvas.box(rect, title: "Image")
      canvas.draw("The report has no image.", at: Position(rect.x + 2, rect.y + 1), style: .muted)
      return
    }
    // The study's own drawing fills a whole screen; this is one of the size of the pane.
    var pane = workstation
    pane.bounds = Rect(
      x: rect.x, y: rect.y - 1, width: rect.width,
      height: rect.height + (workstation.notices.line == nil ? 2 : 3))
    viewer.drawImage(on: &canvas, in: rect, workstation: pane)
  }

  private func drawSearch(on canvas: inout Canvas, in body: Rect, workstation: Workstation) {
    canvas.box(body, title: "Reports", titleStyle: .title)
    let inside = body.inset(dx: 1, dy: 1)
    let (field, list) = inside.splitRows(top: 1)
    canvas.draw("Find", at: Position(field.x + 1, field.y), style: .accent)
    let lines = studyLines(workstation)
    let selectedLine = lines.firstIndex { $0.study == selected }
    if let message = message {
      canvas.draw(
        message, at: Position(list.x + 1, list.y + 1), style: .muted, maxWidth: list.width)
    } else {
      let (_, rows) = list.splitRows(top: 1)
      let first = Canvas.firstRow(
        showing: selectedLine, of: lines.count, height: rows.height,
        from: max(0, (selectedLine ?? 0) - rows.height / 2))
      canvas.list(
        lines.map(\.spans), in: rows, selected: selectedLine, first: first, isFocused: true)
    }
    canvas.textField(
      line.text, caret: line.caret, at: Position(field.x + 6, field.y),
      width: max(1, min(50, field.width - 8)), isFocused: workstation.overlays.isEmpty && !isInList)
  }

  private var message: String? {
    if opening != nil { return "Reading the report…" }
    guard line.text.count >= 2 else {
      return "Type a name, a patient's number or an accession number."
    }
    guard let answer else { return "Looking…" }
    return answer.studies.isEmpty ? "Nobody here is called that." : nil
  }

  /// Patients with their studies below them; a line about a study says which one of the answer.
  func studyLines(_ workstation: Workstation) -> [(spans: [Span], study: Int?)] {
    var lines: [(spans: [Span], study: Int?)] = []
    var patient: Patient.ID?
    for (index, found) in (answer?.studies ?? []).enumerated() {
      if found.patient.id != patient {
        patient = found.patient.id
        let title = found.patient.title(isHidden: workstation.hidesNames)
        lines.append(([Span(title, style: .title)], nil))
      }
      lines.append((studyLine(found, workstation), index))
    }
    if answer?.isCut == true {
      lines.append(([Span("More patients match; type more of the name.", style: .warning)], nil))
    }
    return lines
  }

  private func studyLine(_ found: FoundStudy, _ workstation: Workstation) -> [Span] {
    let (glyph, word, style) = found.standing.look
    let exam = [found.study.modality, found.study.bodyPart, found.study.view]
      .filter { !$0.isEmpty }.joined(separator: " ")
    let day = found.study.date.map { ClockText.dicomDate(sanitized($0)) } ?? "no date"
    let signed = found.signed.map { signed in
      "\(ClockText.day(signed, in: workstation.options.timeZone)) by \(found.author ?? "")"
    }
    return [
      Span("  \(glyph) ", style: style), Span(padded(word, toCells: 14), style: style),
      Span(padded(day, toCells: 12)), Span(padded(sanitized(exam), toCells: 18)),
      Span(padded(sanitized(found.study.accession), toCells: 12), style: .muted),
      Span(sanitized(signed ?? ""), style: .muted),
    ]
  }
}

extension FoundStudy.Standing {
  fileprivate var look: (String, String, Style) {
    switch self {
    case .none: ("–", "not signed", .muted)
    case .preliminary: ("▲", "preliminary", .warning)
    case .final: ("✓", "signed", .ok)
    case .addendum: ("✓", "addendum", .ok)
    }
  }
}

extension Patient {
  /// `DOE, JANE · 00231802 · born 1961-03-12 · F`.
  fileprivate func title(isHidden: Bool) -> String {
    if isHidden { return "••••" }
    let parts = name.prefix { $0 != "=" }.split(separator: "^").map(String.init)
    let words = [
      parts.isEmpty
        ? "(no name)"
        : ([parts[0], parts.dropFirst().joined(separator: " ")].filter { !$0.isEmpty })
          .joined(separator: ", "), identifier.isEmpty ? "no ID" : identifier,
      birthDate.map { "born \(ClockText.dicomDate($0))" } ?? "", sex ?? "",
    ]
    return sanitized(words.filter { !$0.isEmpty }.joined(separator: " · "))
  }
}

extension Workstation {
  /// The report and where it went, in the lines of the pane.
  var clinicalLines: [[Span]] {
    guard let report = clinician.report else { return [] }
    let width = max(20, ClinicianScreen.Layout(body(of: bounds)).words.width - 4)
    func lines(_ text: String, _ style: Style = .text) -> [[Span]] {
      wrapped(sanitized(text), toCells: width).map { [Span($0, style: style)] }
    }
    let words =
      hidesNames
      ? lines(
        "Names are hidden: the document names the patient. \(keymap.key("privacy")) shows it.",
        .warning)
      : report.text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
        // A rule across the page is one across the pane.
        $0.isEmpty ? [[]] : lines(String($0.allSatisfy { $0 == "=" } ? $0.prefix(width) : $0))
      }
    func moment(_ date: Date) -> String {
      ClockText.moment(date, now: now, in: options.timeZone)
    }
    var places: [[Span]] = [[Span("Delivered", style: .title)]]
    for dispatch in report.dispatches {
      places += lines(
        "✓ \(moment(dispatch.at)) \(dispatch.isPreliminary ? "preliminary " : "")version "
          + "\(dispatch.version) to \(dispatch.destination): \(dispatch.fileName)", .ok)
    }
    for line in report.undeliveredLines(at: moment) { places += lines(line.text, line.style) }
    if let missing = report.missingDelivery(status) { places += lines(missing, .warning) }
    places.append([Span("Exported", style: .title)])
    if report.exports.isEmpty, clinician.taken.isEmpty {
      places.append([Span("  never", style: .muted)])
    }
    for path in clinician.taken.reversed() { places += lines("✓ just now to \(path)", .ok) }
    for export in report.exports {
      let what = export.detail.split(separator: " ").first.map(String.init) ?? ""
      places += lines("· \(moment(export.at)) \(what) by \(export.actor)", .muted)
    }
    return words + [[]] + places
  }
}

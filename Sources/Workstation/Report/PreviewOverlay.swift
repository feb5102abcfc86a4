import Radiology
import Reporting
import Terminal

/// Something in words that is only read: the report as the clinician will read it, or earlier
/// documents; to be scrolled.
struct PreviewOverlay: Sendable, Hashable {
  var title = "As the clinician will read it"
  /// At the right edge, so that on a wide screen the study's image stays in view.
  var isBeside = false
  /// As the document has them; what is wider than the box goes on in the next line.
  let lines: [String]
  /// The first line shown.
  var first = 0

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let height = max(1, body.height - 2)
    let lines = lines(width: Self.width(in: body))
    let first = min(first, max(0, lines.count - height))
    let last = min(lines.count, first + height)
    let width = Self.width(in: body) + 2
    let place =
      isBeside
      ? Rect(x: body.endX - width, y: body.y, width: width, height: body.height)
      : body.centred(width: width, height: body.height)
    let inside = canvas.popup(
      place, title: title, trailing: "\(first + 1)–\(last) of \(lines.count)")
    for (index, line) in lines[first..<last].enumerated() {
      canvas.draw(
        sanitized(line), at: Position(inside.x, inside.y + index), maxWidth: inside.width)
    }
    canvas.cursor = inside.origin
  }

  static func width(in body: Rect) -> Int { max(1, min(78, body.width - 2)) }

  /// No line wider than `width`: on a narrow screen what is too long goes on in the next line.
  func lines(width: Int) -> [String] { lines.flatMap { wrapped($0, toCells: width) } }

  static let commands: [Command] = [
    Command(
      "preview", [.control("v")], "preview", help: "Read the report as the clinician will",
      in: Set.study.union([.report, .signing]), unless: { $0.previewObstacle }
    ) { workstation, _ in workstation.openPreview() },
    Command(
      "read-on", [.down, .up, .character("j"), .character("k")], "scroll",
      help: "A line on, or back",
      in: [.preview, .comparing], keyText: "↓↑"
    ) { workstation, call in
      workstation.scrollReading(by: [.up, .character("k")].contains(call.key) ? -1 : 1)
    },
    Command(
      "read-page", [.pageDown, .control("d"), .character(" ")], "", help: "A page on",
      in: [.preview, .comparing]
    ) { workstation, _ in
      workstation.scrollReading(by: max(1, workstation.body(of: workstation.bounds).height - 3))
    },
    Command(
      "read-back", [.pageUp, .control("u")], "", help: "A page back", in: [.preview, .comparing]
    ) { workstation, _ in
      workstation.scrollReading(by: -max(1, workstation.body(of: workstation.bounds).height - 3))
    },
    Command(
      "close-reading", [.escape, .character("q"), .control("v")], "back",
      help: "Back to where you were", in: [.preview, .comparing], keyText: "Esc"
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
  ]
}

extension Workstation {
  /// Why a report must not be shown as a whole; nothing hidden is shown by another way.
  var previewObstacle: String? {
    if let obstacle = readingObstacle { return obstacle }
    return hidesNames ? "it names the patient, and names are hidden" : nil
  }

  /// Why an earlier or finished report must not be shown now.
  var readingObstacle: String? {
    if let obstacle = StudyScreen.noStudy(self) { return obstacle }
    if study?.isBlind == true { return "the first reading is hidden; call the study first" }
    if study?.hidesAnswer == true {
      return "it would tell the model's answer; call the study first"
    }
    return nil
  }

  fileprivate mutating func openPreview() -> [Effect] {
    guard let study else { return [] }
    let open = study.open
    do {
      let dossier = try Dossier(
        study: open.row.study, patient: open.row.patient, instances: open.instances,
        triage: open.row.triage, review: study.work.review, report: study.work.report,
        model: open.model, limits: open.limits?.cautions ?? [])
      let text = TextReport.render(dossier, timeZone: options.timeZone)
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      overlays.append(.preview(PreviewOverlay(lines: lines.map(String.init))))
    } catch {
      notices.hint = "No preview: \(sanitized("\(error)"))"
    }
    return []
  }

  mutating func scrollReading(by lines: Int) -> [Effect] {
    let height = max(1, body(of: bounds).height - 2)
    func moved(_ first: Int, of count: Int) -> Int {
      min(max(0, first + lines), max(0, count - height))
    }
    switch overlays.last {
    case .preview(var preview)?:
      preview.first = moved(
        preview.first, of: preview.lines(width: PreviewOverlay.width(in: body(of: bounds))).count)
      overlays[overlays.count - 1] = .preview(preview)
    case .comparing(var versions)?:
      let count = versions.lines(width: versions.width(in: body(of: bounds)), self).count
      versions.first = moved(versions.first, of: count)
      overlays[overlays.count - 1] = .comparing(versions)
    default: break
    }
    return []
  }

  /// The wheel scrolls what is only read.
  mutating func scrollReading(_ event: MouseEvent) {
    if event.kind == .wheelDown { _ = scrollReading(by: 3) }
    if event.kind == .wheelUp { _ = scrollReading(by: -3) }
  }
}

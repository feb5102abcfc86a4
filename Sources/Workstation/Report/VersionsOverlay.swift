import Radiology
import Terminal

/// Two versions of a report in one text: `[-removed-]` and `{+added+}` words.
struct VersionsOverlay: Sendable, Hashable {
  /// At least two, the oldest first.
  let reports: [Report]
  /// The newer of the two that are compared; the other is the one before it.
  var newer: Int
  /// The first line shown.
  var first = 0

  init(_ reports: [Report]) {
    precondition(reports.count > 1, "two versions are compared")
    self.reports = reports
    newer = reports.count - 1
  }

  func width(in body: Rect) -> Int { max(1, min(body.width, 100) - 4) }

  /// What changed, section by section, no line wider than `width`.
  func lines(width: Int, _ workstation: Workstation) -> [[Span]] {
    let (old, new) = (reports[newer - 1], reports[newer])
    var lines: [[Span]] = [
      [Span("[-", style: .critical), Span(name(newer - 1, workstation), style: .muted)],
      [Span("{+", style: .ok), Span(name(newer, workstation), style: .muted)],
    ]
    let keys = old.sections.map(\.key) + new.sections.map(\.key)
    var seen: Set<String> = []
    for key in keys where seen.insert(key).inserted {
      let section = new.sections.first { $0.key == key } ?? old.sections.first { $0.key == key }
      let changes = WordChange.between(old.text(of: key), new.text(of: key))
      lines += [[], [Span(sanitized(section?.title ?? key), style: .title)]]
      lines += Self.flowed(changes, width: max(1, width - 2)).map { [Span("  ")] + $0 }
    }
    if old.says(theSameAs: new) { lines += [[], [Span("Not a word is different.")]] }
    return lines
  }

  private func name(_ index: Int, _ workstation: Workstation) -> String {
    let report = reports[index]
    if report.state == .preliminary {
      let when = ClockText.moment(
        report.changed, now: workstation.now, in: workstation.options.timeZone)
      return " preliminary \(report.version), given \(when) by \(sanitized(report.author))"
    }
    guard let signed = report.signed else { return " draft by \(sanitized(report.author))" }
    let when = ClockText.moment(signed, now: workstation.now, in: workstation.options.timeZone)
    return " version \(report.version), signed \(when) by \(sanitized(report.author))"
  }

  /// The words as lines; neighbours of one kind share their marks.
  private static func flowed(_ changes: [WordChange], width: Int) -> [[Span]] {
    var lines: [[Span]] = [[]]
    var used = 0
    let marks = [("", ""), ("[-", "-]"), ("{+", "+}")]
    let styles: [Style] = [.text, .critical, .ok.underlined]
    for (index, change) in changes.enumerated() {
      let word =
        switch change {
        case .same(let word), .removed(let word), .added(let word): word
        }
      let kind = Self.kind(changes, index)
      let isBreak = word == "\n"
      var text = isBreak ? (kind == 0 ? "" : "↵") : sanitized(word)
      if index == 0 || Self.kind(changes, index - 1) != kind { text = marks[kind].0 + text }
      if Self.kind(changes, index + 1) != kind || index == changes.count - 1 {
        text += marks[kind].1
      }
      for piece in wrapped(text, toCells: width) {
        let cells = cellWidth(of: piece)
        if used > 0, used + 1 + cells > width {
          lines.append([])
          used = 0
        }
        let gap = used > 0 && !piece.isEmpty ? " " : ""
        lines[lines.count - 1].append(Span(gap + piece, style: styles[kind]))
        used += cells + gap.count
      }
      if isBreak {
        lines.append([])
        used = 0
      }
    }
    return lines
  }

  private static func kind(_ changes: [WordChange], _ index: Int) -> Int {
    guard changes.indices.contains(index) else { return -1 }
    return switch changes[index] {
    case .same: 0
    case .removed: 1
    case .added: 2
    }
  }

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let inside = canvas.popup(
      body.centred(width: min(body.width, 100), height: body.height),
      title: "Versions  \(newer) to \(newer + 1) of \(reports.count)",
      trailing: reports.count > 2 ? "← → other versions" : ""
    ).inset(dx: 1, dy: 0)
    let lines = lines(width: inside.width, workstation)
    let first = min(first, max(0, lines.count - inside.height))
    for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
      canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
    }
    canvas.cursor = inside.origin
  }

  static let commands: [Command] = [
    Command(
      "versions", [.control("e")], "", help: "Compare the report with the version before",
      in: Set.study.union([.report]), unless: { $0.readingObstacle }
    ) { workstation, _ in workstation.study.map { [.loadVersions($0.id)] } ?? [] },
    Command(
      "other-versions", [.left, .right, .character("h"), .character("l")], "versions",
      help: "Compare the two versions before, or after", in: [.comparing], keyText: "← →"
    ) { workstation, call in
      guard case .comparing(var versions)? = workstation.overlays.last else { return [] }
      let step = [.left, .character("h")].contains(call.key) ? -1 : 1
      versions.newer = min(max(1, versions.newer + step), versions.reports.count - 1)
      versions.first = 0
      workstation.overlays[workstation.overlays.count - 1] = .comparing(versions)
      return []
    },
  ]
}

extension Workstation {
  /// Shows what the last version changed; the draft is the one on screen, saved or not.
  mutating func compare(_ reports: [Report], of id: Study.ID) -> [Effect] {
    notices.mend(.loadVersions(id))
    guard let study, study.id == id, overlays.isEmpty, readingObstacle == nil else { return [] }
    var reports = reports.filter(\.isGiven)
    if !study.work.report.isSigned { reports.append(study.work.report) }
    guard reports.count > 1 else {
      notices.hint = "There is one version only"
      return []
    }
    overlays.append(.comparing(VersionsOverlay(reports)))
    return []
  }
}

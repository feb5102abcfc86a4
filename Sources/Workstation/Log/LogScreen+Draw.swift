import Foundation
import Radiology
import Terminal

extension LogScreen {
  func draw(on canvas: inout Canvas, in body: Rect, workstation: Workstation) {
    let count = last.audit + last.agent
    let shown = filterLine.text.isEmpty ? "Log  \(count)" : "Log  \(count), filtered"
    let filter = filterLine.text.isEmpty ? "" : "filter: \(sanitized(filterLine.text)) · "
    canvas.box(
      body, title: shown,
      trailing: isFiltering ? "" : filter + (isFollowing ? "follow ●" : "still"),
      titleStyle: .title)
    if isFiltering { drawFilter(on: &canvas, in: body) }
    let (list, detail) = body.inset(by: 1).splitRows(bottom: 2)
    guard let entries else {
      canvas.draw("Reading the log…", at: Position(list.x + 1, list.y), style: .muted)
      return
    }
    guard !entries.isEmpty else {
      let words =
        filterLine.text.isEmpty
        ? "Nothing has happened yet."
        : "No entry matches. Esc in the filter (\(workstation.keymap.key("filter-log"))) shows all."
      canvas.draw(words, at: Position(list.x + 1, list.y), style: .muted, maxWidth: list.width - 1)
      return
    }
    let (_, rows) = list.splitRows(top: 1)
    let top = Canvas.firstRow(
      showing: selected, of: entries.count, height: rows.height, from: first)
    let visible = top..<min(entries.count, top + rows.height)
    canvas.table(
      Self.columns(list.width), rows: entries[visible].map { spans($0, workstation) }, in: list,
      selected: selected - top, isFocused: workstation.overlays.isEmpty && !isFiltering)
    drawDetail(on: &canvas, in: detail)
  }

  /// The whole sentence of the entry under the cursor; the table may have cut it off.
  private func drawDetail(on canvas: inout Canvas, in detail: Rect) {
    guard let entry = selectedEntry else { return }
    canvas.clipped(to: detail) { canvas in
      let lines = wrapped(text(entry), toCells: max(1, detail.width - 2))
      for (index, line) in lines.prefix(detail.height).enumerated() {
        canvas.draw(line, at: Position(detail.x + 1, detail.y + index), style: .muted)
      }
    }
  }

  private func drawFilter(on canvas: inout Canvas, in body: Rect) {
    let width = min(44, body.width - 24)
    let x = body.endX - width - 2
    canvas.draw(" / ", at: Position(x - 3, body.y), style: .accent)
    canvas.textField(
      filterLine.text, caret: filterLine.caret, at: Position(x, body.y), width: width,
      isFocused: true)
  }

  /// What a model answered is hidden from whoever reads first; here too.
  private func text(_ entry: LogEntry) -> String {
    entry.tellsTheAnswer && hidesAnswers ? Verdict.withheld.text : sanitized(entry.text)
  }

  private static func columns(_ width: Int) -> [Column] {
    [
      Column("When", width: .cells(width < 80 ? 5 : 16)), Column("Level", width: .cells(7)),
      Column("Who", width: .cells(width < 80 ? 10 : 16)), Column("What", width: .cells(13)),
      Column("", width: .share(1)),
    ]
  }

  private func spans(_ entry: LogEntry, _ workstation: Workstation) -> [Span] {
    let zone = workstation.options.timeZone
    let when =
      workstation.bounds.width < 82
      ? ClockText.time(entry.at, in: zone)
      : ClockText.moment(entry.at, now: workstation.now, in: zone)
    let (glyph, style) = entry.level.look
    return [
      Span(when, style: .muted), Span("\(glyph) \(entry.level.word)", style: style),
      Span(sanitized(entry.actor)), Span(sanitized(entry.kind), style: .muted),
      Span(text(entry), style: entry.level == .error ? .critical : .text),
    ]
  }
}

extension LogEntry.Level {
  /// At most five columns.
  fileprivate var word: String { self == .warning ? "warn" : rawValue }

  fileprivate var look: (String, Style) {
    switch self {
    case .debug: ("–", .muted)
    case .info: ("·", .info)
    case .warning: ("▲", .warning)
    case .error: ("✖", .critical)
    }
  }
}

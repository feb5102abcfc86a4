import Foundation
import Radiology
import Terminal

extension WorklistScreen {
  /// The parts of the screen; a preview needs 150 columns.
  struct Layout {
    let list: Rect
    let preview: Rect?

    init(_ body: Rect) {
      let hasPreview = body.width >= 150
      let (list, preview) = body.splitColumns(right: hasPreview ? 46 : 0)
      self.list = list
      self.preview = hasPreview ? preview : nil
    }

    /// The rows of the table itself, below its titles and above the line of counts.
    var table: Rect {
      Rect(x: list.x + 1, y: list.y + 1, width: list.width - 2, height: list.height - 3)
    }
    /// How many studies are seen at once.
    var lines: Int { max(0, table.height - 1) }

    /// The line of the list a cell belongs to, counted from the top one.
    func line(x: Int, y: Int) -> Int? {
      guard table.contains(x: x, y: y), y > table.y else { return nil }
      return y - table.y - 1
    }
  }

  func draw(on canvas: inout Canvas, in body: Rect, workstation: Workstation) {
    let layout = Layout(body)
    let total = page?.tally.total ?? 0
    let part = isSearching ? "… of \(total)" : count == total ? "\(total)" : "\(count) of \(total)"
    let sorted = order == .triage ? "" : "by \(order.word)"
    let filtered = filterLine.text.isEmpty ? "" : "filter: \(sanitized(filterLine.text))"
    canvas.box(
      layout.list, title: "Worklist  \(part)",
      trailing: isFiltering
        ? "" : [sorted, filtered].filter { !$0.isEmpty }.joined(separator: " · "),
      titleStyle: .title)
    if isFiltering { drawFilter(on: &canvas, in: layout.list) }
    drawTable(on: &canvas, layout: layout, workstation: workstation)
    drawCounts(on: &canvas, layout: layout, workstation: workstation)
    if let preview = layout.preview {
      drawPreview(on: &canvas, in: preview, workstation: workstation)
    }
  }

  private func drawFilter(on canvas: inout Canvas, in list: Rect) {
    let width = min(44, list.width - 14)
    guard width > 4 else { return }
    let x = list.endX - width - 2
    canvas.draw(" / ", at: Position(x - 3, list.y), style: .accent)
    canvas.textField(
      filterLine.text, caret: filterLine.caret, at: Position(x, list.y), width: width,
      isFocused: true)
  }

  private func drawTable(on canvas: inout Canvas, layout: Layout, workstation: Workstation) {
    let area = layout.table
    guard !shown.isEmpty else {
      let sentence = emptySentence
      for (line, text) in wrapped(sentence, toCells: max(1, area.width - 2)).enumerated() {
        canvas.clipped(to: area) { canvas in
          canvas.draw(text, at: Position(area.x + 1, area.y + 1 + line), style: .muted)
        }
      }
      return
    }
    let scores = page?.scores ?? ScoreTally()
    let columns = columns(in: layout)
    let marked = marked
    let first = firstLine(height: layout.lines)
    // Only what is seen is put into words: a list may have a million rows.
    let spans = (first..<min(count, first + layout.lines)).map { place in
      let row = row(at: place)
      return columns.map { column in
        guard let row else { return Span("") }
        return (workstation.hidesAnswer(of: row) ? column.withheld : nil)
          ?? column.span(
            row, isMarked: marked.contains(row.id), hidesNames: workstation.hidesNames,
            scores: scores, now: workstation.now)
      }
    }
    canvas.table(
      columns.map(\.column), rows: spans, in: area, selected: index.map { $0 - first },
      isFocused: workstation.overlays.isEmpty && !isFiltering)
  }

  private func columns(in layout: Layout) -> [WorklistColumn] {
    WorklistColumn.fitting(
      layout.table.width - 1, hasPredictiveValues: page?.scores.isTelling ?? false)
  }

  /// The column whose title is seen at a place.
  func title(at position: Position, in layout: Layout) -> WorklistColumn? {
    guard !shown.isEmpty else { return nil }
    let columns = columns(in: layout)
    let titles = Canvas.titles(of: columns.map(\.column), in: layout.table)
    return zip(columns, titles).first { $0.1.contains(position) }?.0
  }

  /// The place in the list of the top line.
  func firstLine(height: Int) -> Int {
    Canvas.firstRow(showing: index, of: count, height: height, from: first)
  }

  /// What to do when there is nothing to show.
  private var emptySentence: String {
    if page == nil || isSearching { return "Reading the worklist…" }
    if complaint != nil, hasFilter { return "This filter shows nothing; the last line says why." }
    if hasFilter {
      return "No study matches \(sanitized(filterLine.text)). Esc clears the filter."
    }
    return "No studies yet. Type :import PATH, or run secondlook import PATH in a shell."
  }

  private func drawCounts(on canvas: inout Canvas, layout: Layout, workstation: Workstation) {
    let y = layout.list.endY - 2
    guard layout.list.height >= 4 else { return }
    canvas.clipped(to: layout.list.inset(dx: 1, dy: 0)) { canvas in
      let ways = isFiltering ? WorklistFilter.completions(of: filterLine.text) : []
      if !ways.isEmpty {
        canvas.draw(
          "Tab: " + ways.map { sanitized($0) }.joined(separator: "  "),
          at: Position(layout.list.x + 2, y), style: .accent, maxWidth: layout.list.width - 4)
        return
      }
      if let complaint {
        canvas.draw(
          "▲ \(sanitized(complaint.description))", at: Position(layout.list.x + 2, y),
          style: .warning)
        return
      }
      var parts: [String] = []
      if !marked.isEmpty { parts.append("\(marked.count) marked") }
      parts += counts
      if let next, order == .triage || order == .priority {
        parts.append(
          "next \(next.label), waiting \(ClockText.age(next.study.arrived, now: workstation.now))")
      }
      canvas.draw(
        parts.joined(separator: " · "), at: Position(layout.list.x + 2, y), style: .muted,
        maxWidth: layout.list.width - 4)
    }
  }

  /// `12 suspicious · 3 undetermined · 40 signed`: of all studies, not only of those shown.
  private var counts: [String] {
    guard let tally = page?.tally else { return [] }
    let unsigned = tally.unsigned
    let suspicious = unsigned[.suspicious, default: 0]
    return [
      // How many of them are suspicious would tell what some are.
      readsFirst
        ? (suspicious + unsigned[.normal, default: 0], "to call") : (suspicious, "suspicious"),
      (unsigned[.undetermined, default: 0] + unsigned[.failed, default: 0], "not judged"),
      (unsigned[nil, default: 0], "not read yet"), (tally.signed, "signed"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
  }
}

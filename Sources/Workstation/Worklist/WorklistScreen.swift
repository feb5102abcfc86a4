import Foundation
import Radiology

/// The list of studies: which are shown, in which order, and where the cursor is.
struct WorklistScreen: Sendable {
  /// Everything the store has; none until it has answered once.
  private(set) var rows: [WorklistRow]?
  /// When the rows were true.
  private(set) var asOf: Date?
  /// What is shown, in order.
  private(set) var shown: [WorklistRow] = []
  /// The study the cursor is on: it stays there when rows come, go or move.
  private(set) var selected: Study.ID?
  /// The top line of the list.
  private(set) var first = 0
  private(set) var sort: WorklistSort
  private(set) var filterLine: TextLine
  /// Why the filter as typed cannot be used; the last good one stays in force.
  private(set) var complaint: FilterComplaint?
  private(set) var marked: Set<Study.ID> = []
  /// The filter line has the keys.
  var isFiltering = false
  private var filter = WorklistFilter()

  init(restored: ScreenState?) {
    sort = restored?.sort ?? .triage
    filterLine = TextLine(restored?.filter ?? "")
    selected = restored?.study
    parseFilter()
  }

  var selectedRow: WorklistRow? { index.map { shown[$0] } }
  var index: Int? { shown.firstIndex { $0.id == selected } }
  /// Shown and marked, in the order of the list.
  var markedRows: [WorklistRow] { shown.filter { marked.contains($0.id) } }
  var hasFilter: Bool { !filterLine.text.isEmpty }

  mutating func take(_ rows: [WorklistRow], asOf: Date) {
    self.rows = rows
    self.asOf = asOf
    marked.formIntersection(rows.map(\.id))
    arrange(now: asOf)
  }

  mutating func setSort(_ sort: WorklistSort, now: Date) {
    self.sort = sort
    arrange(now: now)
  }

  mutating func setFilter(_ line: TextLine, now: Date) {
    filterLine = line
    parseFilter()
    arrange(now: now)
  }

  mutating func toggleMark() {
    guard let selected else { return }
    if marked.remove(selected) == nil { marked.insert(selected) }
  }

  /// Marks all that is shown, or nothing if it was all marked.
  mutating func toggleAllMarks() {
    let all = Set(shown.map(\.id))
    if all.isSubset(of: marked) { marked.subtract(all) } else { marked.formUnion(all) }
  }

  mutating func move(by steps: Int) {
    guard !shown.isEmpty else { return }
    select(at: (index ?? 0) + steps)
  }

  mutating func select(at index: Int) {
    guard !shown.isEmpty else { return }
    selected = shown[min(max(0, index), shown.count - 1)].id
  }

  mutating func select(_ study: Study.ID) {
    if shown.contains(where: { $0.id == study }) { selected = study }
  }

  /// Scrolls so that the cursor is among `height` lines.
  mutating func scroll(height: Int) {
    guard let index, height > 0 else { return }
    first = min(max(0, min(max(first, index - height + 1), index)), max(0, shown.count - height))
  }

  /// The study next to one in the list, whatever its state.
  func neighbour(of study: Study.ID, by step: Int) -> WorklistRow? {
    guard let place = shown.firstIndex(where: { $0.id == study }),
      shown.indices.contains(place + step)
    else { return nil }
    return shown[place + step]
  }

  /// The next unsigned study: below the one just signed, and from the top after the end.
  func nextUnsigned(after study: Study.ID) -> WorklistRow? {
    let place = shown.firstIndex { $0.id == study } ?? -1
    return (shown.dropFirst(place + 1) + shown.prefix(max(0, place)))
      .first { !$0.state.isSigned && $0.id != study }
  }

  private mutating func parseFilter() {
    do {
      filter = try WorklistFilter(parsing: filterLine.text)
      complaint = nil
    } catch {
      complaint = error
    }
  }

  /// Filters and sorts, and keeps the cursor on its study or else on its line.
  private mutating func arrange(now: Date) {
    let line = index
    shown = (rows ?? []).filter { filter.shows($0, now: now) }.sorted(by: sort.precedes)
    guard index == nil else { return }
    if let line { select(at: line) } else if rows != nil { selected = shown.first?.id }
  }
}

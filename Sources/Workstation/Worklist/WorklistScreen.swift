import Foundation
import Radiology
import Terminal

/// The list of studies: which are shown, in which order, and where the cursor is.
///
/// It holds a window onto the list and asks for another one before the reader comes to its edge. A
/// list that fits into one window is filtered and sorted here, key by key.
struct WorklistScreen: Sendable {
  /// What the store gave last; none until it has answered once.
  private(set) var page: WorklistPage?
  /// The rows that are there, in order.
  private(set) var shown: [WorklistRow] = []
  /// The place in the list of the first of them, from 0.
  private(set) var start = 0
  /// How many studies the list has.
  private(set) var count = 0
  /// The study the cursor is on: it stays there when rows come, go or move.
  private(set) var selected: Study.ID?
  /// The place in the list the reader has gone to, until its row is there.
  private(set) var jump: Int?
  /// The top line of the list.
  private(set) var first = 0
  /// The order the reader chose.
  private(set) var sort: WorklistSort
  /// Studies are shown and opened without the model's answer until the reader has called them.
  private(set) var readsFirst: Bool
  private(set) var filterLine: TextLine
  /// Why the filter as typed cannot be used; the last good one stays in force, or what of it may
  /// be asked.
  private(set) var complaint: FilterComplaint?
  /// Marked studies as they were seen last.
  private var marks: [Study.ID: WorklistRow] = [:]
  /// The filter line has the keys.
  var isFiltering = false
  private var filter = WorklistFilter()
  /// What the store was asked for and has not answered yet.
  private var asked: WorklistRequest?

  init(restored: ScreenState?) {
    sort = restored?.sort ?? .triage
    readsFirst = restored?.readsFirst ?? false
    filterLine = TextLine(restored?.filter ?? "")
    selected = restored?.study
    parseFilter()
  }

  /// The part of the list that is wanted.
  var request: WorklistRequest {
    // What is filtered anew begins at its top.
    let place = page?.request.filter == filter ? index ?? 0 : 0
    return WorklistRequest(
      filter: filter, sort: order, cursor: jump == nil ? selected : nil, place: jump ?? place,
      length: page == nil ? WorklistPage.firstLength : WorklistPage.length)
  }

  /// The order the list stands in: one that would tell the model's answer gives way to one that
  /// does not.
  var order: WorklistSort { readsFirst && sort.tellsTheAnswer ? .priority : sort }

  var selectedRow: WorklistRow? { local.map { shown[$0] } }
  /// The cursor's place in the list.
  var index: Int? { local.map { $0 + start } }
  private var local: Int? { shown.firstIndex { $0.id == selected } }
  var marked: Set<Study.ID> { Set(marks.keys) }
  /// Marked studies, in the order of the list.
  var markedRows: [WorklistRow] { marks.values.sorted { order.precedes($0, $1) } }
  var hasFilter: Bool { !filterLine.text.isEmpty }
  /// More studies are in the list than rows are here.
  var isPartial: Bool { page.map { !$0.isWhole } ?? false }
  /// The list shown is not the one asked for yet.
  var isSearching: Bool {
    isPartial && (page?.request.filter != filter || page?.request.sort != order)
  }

  /// A study as it was read last, if its row is here.
  func row(_ study: Study.ID) -> WorklistRow? { page?.rows.first { $0.id == study } }

  /// The row at a place in the list, if it is here.
  func row(at place: Int) -> WorklistRow? {
    shown.indices.contains(place - start) ? shown[place - start] : nil
  }

  mutating func take(_ page: WorklistPage) {
    let before = index
    if asked == page.request || page.isWhole { asked = nil }
    // The answer to an older question would move the list under the reader's hand.
    if let old = self.page, !page.isWhole, !old.isWhole,
      page.request.filter != filter || page.request.sort != order
    {
      return
    }
    self.page = page
    for row in page.rows where marks[row.id] != nil { marks[row.id] = row }
    if page.isWhole {
      let all = Set(page.rows.map(\.id))
      marks = marks.filter { all.contains($0.key) }
      arrange(now: page.asOf, from: before)
    } else {
      (shown, start, count) = (page.rows, page.first, page.count)
      if local == nil, jump == page.request.place || page.request.cursor == selected {
        jump = nil
        selected = row(at: page.place)?.id
      }
    }
    // The cursor's line stays where it is on the screen, but for the top of the list.
    if let before, let index, first > 0 { first = max(0, first + index - before) }
  }

  /// Whether the store has to be asked for another part of the list, which is then on its way.
  mutating func asks() -> Bool {
    guard isPartial else { return false }
    let request = request
    let isLost = local == nil && (selected != nil || jump != nil)
    if isSearching || isLost {
      if asked == request { return false }
    } else {
      guard asked == nil, isNearEdge else { return false }
    }
    asked = request
    return true
  }

  private var isNearEdge: Bool {
    let margin = WorklistPage.length / 4
    guard let local else { return false }
    return local < margin && start > 0
      || shown.count - local <= margin && start + shown.count < count
  }

  /// When the list is to be read again because its order has changed by itself.
  var due: Date? {
    page.flatMap { page in page.rises.map { max($0, page.asOf + WorklistPage.patience) } }
  }

  /// Whether it is; it is asked for once.
  mutating func isOverdue(at date: Date) -> Bool {
    guard let due, due <= date else { return false }
    page?.rises = nil
    return true
  }

  mutating func setSort(_ sort: WorklistSort, now: Date) {
    self.sort = sort
    arrange(now: now, from: index)
  }

  mutating func setReadsFirst(_ isOn: Bool, now: Date) {
    readsFirst = isOn
    parseFilter()
    arrange(now: now, from: index)
  }

  mutating func setFilter(_ line: TextLine, now: Date) {
    filterLine = line
    parseFilter()
    arrange(now: now, from: index)
  }

  /// Gives the filter line the keys; what is typed is one more word of it.
  mutating func beginFiltering(now: Date) {
    isFiltering = true
    let text = filterLine.text
    if !text.isEmpty, !text.hasSuffix(" ") { setFilter(TextLine(text + " "), now: now) }
  }

  mutating func toggleMark() {
    guard let row = selectedRow else { return }
    if marks.removeValue(forKey: row.id) == nil { marks[row.id] = row }
  }

  /// Marks all that is shown, or nothing if it was all marked.
  mutating func toggleAllMarks() {
    let areAll = shown.allSatisfy { marks[$0.id] != nil }
    for row in shown { marks[row.id] = areAll ? nil : row }
  }

  mutating func move(by steps: Int) { select(at: (jump ?? index ?? start) + steps) }

  /// Goes to a place in the list, or to the nearest there is.
  mutating func select(at place: Int) {
    guard count > 0 else { return }
    let place = min(max(0, place), count - 1)
    let row = row(at: place)
    selected = row?.id
    jump = row == nil ? place : nil
  }

  mutating func select(_ study: Study.ID) {
    guard isPartial || shown.contains(where: { $0.id == study }) else { return }
    (selected, jump) = (study, nil)
  }

  /// Scrolls so that the cursor is among `height` lines.
  mutating func scroll(height: Int) {
    guard let index, height > 0 else { return }
    first = min(max(0, min(max(first, index - height + 1), index)), max(0, count - height))
  }

  /// The study next to one in the list, whatever its state.
  func neighbour(of study: Study.ID, by step: Int) -> WorklistRow? {
    shown.firstIndex { $0.id == study }.flatMap { row(at: $0 + start + step) }
  }

  /// The next unsigned study: below the one just signed, and from the top after the end.
  func nextUnsigned(after study: Study.ID) -> WorklistRow? {
    let place = shown.firstIndex { $0.id == study } ?? -1
    let above = start == 0 ? Array(shown.prefix(max(0, place))) : page?.top.map { [$0] } ?? []
    return (shown.dropFirst(place + 1) + above).first { !$0.state.isSigned && $0.id != study }
  }

  /// The top of the list, if it is unsigned.
  var next: WorklistRow? {
    isPartial ? page?.top.flatMap { $0.state.isSigned ? nil : $0 } : nextUnsigned(after: "")
  }

  private mutating func parseFilter() {
    do {
      let wanted = try WorklistFilter(parsing: filterLine.text)
      let isRefused = readsFirst && wanted.tellsTheAnswer
      filter = isRefused ? wanted.withoutTheAnswer : wanted
      complaint = isRefused ? .tellsTheAnswer : nil
    } catch {
      complaint = error
    }
  }

  /// Filters and sorts a list that is here as a whole, and keeps the cursor on its study or else
  /// on its line.
  private mutating func arrange(now: Date, from line: Int?) {
    guard let page, page.isWhole else { return }
    (start, jump) = (0, nil)
    shown = page.rows.filter { filter.shows($0, now: now) }
      .sorted { order.precedes($0, $1, at: now) }
    count = shown.count
    guard local == nil else { return }
    if let line { select(at: line) } else { selected = shown.first?.id }
  }
}

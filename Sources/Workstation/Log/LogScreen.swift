import Radiology

/// A window onto the log: what is near the cursor, never all of it.
struct LogScreen: Sendable {
  /// The newest first; none until the store has answered once.
  private(set) var entries: [LogEntry]?
  /// The highest numbers there were.
  private(set) var last = LogPlace(audit: 0, agent: 0)
  private(set) var selected = 0
  private(set) var first = 0
  private(set) var filterLine = TextLine()
  /// The filter line has the keys.
  var isFiltering = false
  /// The reader calls a study before the model's answer is shown.
  var hidesAnswers = false
  /// The newest entry is kept in view.
  private(set) var isFollowing = true
  /// What was asked and not answered yet.
  private(set) var awaited: LogQuery?
  /// Nothing older, or nothing newer, was there when it was asked for last.
  private var isAtOldest = false
  private var isAtNewest = true
  /// Everything with higher numbers is above the window, with lower ones below it.
  private var top = LogPlace(audit: 0, agent: 0)
  private var bottom = LogPlace(audit: 0, agent: 0)

  /// How much is kept, and how near to its end more is asked for.
  static let kept = 600
  static let margin = 100

  var filter: LogFilter {
    var filter = LogFilter(parsing: filterLine.text)
    filter.hidesAnswers = hidesAnswers
    return filter
  }

  var selectedEntry: LogEntry? {
    guard let entries, entries.indices.contains(selected) else { return nil }
    return entries[selected]
  }

  /// Begins anew at one end.
  mutating func jump(to part: LogQuery.Part) -> LogQuery {
    isFollowing = part == .newest
    return ask(part)
  }

  mutating func setFilter(_ line: TextLine) -> LogQuery {
    filterLine = line
    return jump(to: .newest)
  }

  /// Stops or begins following; none if nothing has to be read for it.
  mutating func toggleFollowing() -> LogQuery? {
    if isFollowing {
      isFollowing = false
      return nil
    }
    return jump(to: .newest)
  }

  /// What the clock asks for while the newest entry is followed.
  mutating func follow() -> LogQuery? {
    guard isFollowing, awaited == nil else { return nil }
    return ask(entries == nil ? .newest : .newer(than: top))
  }

  /// Moves the cursor; more is asked for before it reaches an end.
  mutating func move(by steps: Int, height: Int) -> LogQuery? {
    guard let entries, !entries.isEmpty else { return nil }
    selected = min(max(0, selected + steps), entries.count - 1)
    // Whoever goes down to read is not pulled away by what comes in.
    if steps > 0 { isFollowing = false }
    reveal(height: height)
    guard awaited == nil else { return nil }
    if steps > 0, !isAtOldest, selected > entries.count - Self.margin {
      return ask(.older(than: bottom))
    }
    if steps < 0, !isAtNewest, selected < Self.margin { return ask(.newer(than: top)) }
    return nil
  }

  mutating func select(line: Int, height: Int) {
    guard let entries, entries.indices.contains(first + line) else { return }
    selected = first + line
    isFollowing = false
  }

  mutating func reveal(height: Int) {
    guard height > 0, let entries else { return }
    first = min(max(0, min(max(first, selected - height + 1), selected)), max(0, entries.count - 1))
  }

  /// A question that failed is not waited for.
  mutating func give() { awaited = nil }

  private mutating func ask(_ part: LogQuery.Part) -> LogQuery {
    let query = LogQuery(part, filter)
    awaited = query
    return query
  }

  /// Takes an answer; one to an older question is let go.
  mutating func take(_ page: LogPage, height: Int) {
    guard page.query == awaited else { return }
    awaited = nil
    last = page.last
    let isWhole = page.entries.count < page.query.limit
    switch page.query.part {
    case .newest:
      begin(page.entries)
      top = page.last
      bottom = page.last
      bottom.audit += 1
      bottom.agent += 1
      lower(page.entries)
      (isAtNewest, isAtOldest) = (true, isWhole)
      selected = 0
    case .oldest:
      begin(page.entries)
      (top, bottom) = (LogPlace(audit: 0, agent: 0), LogPlace(audit: 0, agent: 0))
      raise(page.entries)
      (isAtNewest, isAtOldest) = (isWhole, true)
      selected = max(0, page.entries.count - 1)
    case .older:
      entries = (entries ?? []) + page.entries
      lower(page.entries)
      isAtOldest = isWhole
      dropNewest()
    case .newer:
      entries = page.entries + (entries ?? [])
      raise(page.entries)
      isAtNewest = isWhole
      // The cursor stays on its entry, or else on the newest one.
      selected = isFollowing ? 0 : selected + page.entries.count
      first += page.entries.count
      dropOldest()
    }
    reveal(height: height)
  }

  private mutating func begin(_ entries: [LogEntry]) {
    self.entries = entries
    first = 0
  }

  private mutating func lower(_ older: [LogEntry]) {
    for entry in older { bottom[entry.source] = min(bottom[entry.source], entry.number) }
  }

  private mutating func raise(_ newer: [LogEntry]) {
    for entry in newer { top[entry.source] = max(top[entry.source], entry.number) }
  }

  private mutating func dropNewest() {
    guard let all = entries, all.count > Self.kept else { return }
    let surplus = all.count - Self.kept
    for entry in all.prefix(surplus) {
      top[entry.source] = min(top[entry.source], entry.number - 1)
    }
    entries = Array(all.dropFirst(surplus))
    selected = max(0, selected - surplus)
    first = max(0, first - surplus)
    isAtNewest = false
  }

  private mutating func dropOldest() {
    guard let all = entries, all.count > Self.kept else { return }
    for entry in all.dropFirst(Self.kept) {
      bottom[entry.source] = max(bottom[entry.source], entry.number + 1)
    }
    entries = Array(all.prefix(Self.kept))
    selected = min(selected, Self.kept - 1)
    isAtOldest = false
  }
}

/// A place between two entries of both sources.
public struct LogPlace: Sendable, Hashable {
  public var audit: Int
  public var agent: Int

  public init(audit: Int, agent: Int) {
    self.audit = audit
    self.agent = agent
  }

  public subscript(source: LogEntry.Source) -> Int {
    get { source == .audit ? audit : agent }
    set { if source == .audit { audit = newValue } else { agent = newValue } }
  }
}

/// A question for a piece of the log; a log is never read whole.
public struct LogQuery: Sendable, Hashable {
  public enum Part: Sendable, Hashable {
    /// The newest entries there are, or the oldest.
    case newest, oldest
    /// Those with lower numbers than a place has, next to it.
    case older(than: LogPlace)
    /// Those with higher numbers than a place has, next to it.
    case newer(than: LogPlace)
  }

  public let part: Part
  public let filter: LogFilter
  public let limit: Int

  public init(_ part: Part, _ filter: LogFilter = LogFilter(), limit: Int = 200) {
    self.part = part
    self.filter = filter
    self.limit = limit
  }
}

/// The answer: entries with the newest first.
public struct LogPage: Sendable, Hashable {
  public let query: LogQuery
  public let entries: [LogEntry]
  /// The highest numbers there were.
  public let last: LogPlace

  /// Puts together what both sources have for a query.
  ///
  /// Each source has up to `query.limit` entries that are next to the place, in the order of their
  /// numbers, either way. Of all of them those next to the place stay: within a source by number,
  /// which no clock can shuffle, between the two by time.
  public init(
    _ query: LogQuery, audit: [LogEntry], agent: [LogEntry], last: LogPlace
  ) {
    self.query = query
    self.last = last
    let isAscending: Bool =
      switch query.part {
      case .newest, .older: false
      case .oldest, .newer: true
      }
    func ordered(_ entries: [LogEntry]) -> [LogEntry] {
      entries.sorted { isAscending ? $0.number < $1.number : $0.number > $1.number }
    }
    var (left, right) = (ordered(audit)[...], ordered(agent)[...])
    var merged: [LogEntry] = []
    while merged.count < query.limit, let next = left.first ?? right.first {
      var takesLeft = !left.isEmpty
      if let other = right.first, !left.isEmpty {
        takesLeft = isAscending ? next.at <= other.at : next.at >= other.at
      }
      merged.append(takesLeft ? left.removeFirst() : right.removeFirst())
    }
    entries = isAscending ? merged.reversed() : merged
  }
}

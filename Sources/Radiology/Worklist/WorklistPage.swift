public import Foundation

/// Which part of the worklist is wanted.
public struct WorklistRequest: Sendable, Hashable {
  public var filter: WorklistFilter
  public var sort: WorklistSort
  /// The study whose neighbourhood is wanted.
  public var cursor: Study.ID?
  /// The place in the list, from 0, whose neighbourhood is wanted where that study is not in it.
  public var place: Int
  /// How many rows are wanted at most.
  public var length: Int

  public init(
    filter: WorklistFilter = WorklistFilter(), sort: WorklistSort = .triage,
    cursor: Study.ID? = nil, place: Int = 0, length: Int = WorklistPage.length
  ) {
    self.filter = filter
    self.sort = sort
    self.cursor = cursor
    self.place = place
    self.length = length
  }
}

/// A window onto the worklist: the rows around one place, and how much there is besides.
///
/// A store that has no more studies than fit into one window is given whole, whatever was filtered
/// for and in the triage order: whoever shows it filters and sorts it by itself.
public struct WorklistPage: Sendable, Hashable {
  /// Seconds an overdue study may stay where it was: waiting is told in minutes.
  public static let patience: TimeInterval = 60
  /// How many rows one window has at most.
  public static let length = 512
  /// Rows for a first look, in the order of the last: more than a screen has lines, and soon there.
  public static let firstLength = 96

  /// What was asked for.
  public var request: WorklistRequest
  public var rows: [WorklistRow]
  /// The place of the first row in the list, from 0.
  public var first: Int
  /// How many studies the filter shows.
  public var count: Int
  /// The place of the request's cursor, or the nearest there is to the place it had.
  public var place: Int
  /// The first study of the list.
  public var top: WorklistRow?
  public var tally: WorklistTally
  /// Of the models that judged these studies.
  public var scores = ScoreTally()
  /// When the order changes by itself, because somebody has waited too long.
  public var rises: Date?
  public var asOf: Date

  public init(
    request: WorklistRequest = WorklistRequest(), rows: [WorklistRow], first: Int = 0,
    count: Int? = nil, place: Int = 0, top: WorklistRow? = nil, tally: WorklistTally,
    rises: Date? = nil, asOf: Date
  ) {
    self.request = request
    self.rows = rows
    self.first = first
    self.count = count ?? rows.count
    self.place = place
    self.top = top
    self.tally = tally
    self.rises = rises
    self.asOf = asOf
  }

  /// Whether these are all studies there are.
  public var isWhole: Bool { rows.count == tally.total }
}

/// How many studies there are, of all and not only of those shown.
public struct WorklistTally: Sendable, Hashable {
  public var total = 0
  public var signed = 0
  /// Unsigned, by the model's class; those no model has looked at yet have none.
  public var unsigned: [TriageClass?: Int] = [:]
  /// Studies that show a patient.
  public var real = 0

  public init() {}

  public init(_ rows: [WorklistRow]) {
    for row in rows {
      add(row.triageClass, isSigned: row.state.isSigned, isSynthetic: row.study.isSynthetic)
    }
  }

  public mutating func add(
    _ triageClass: TriageClass?, isSigned: Bool, isSynthetic: Bool, studies: Int = 1
  ) {
    total += studies
    if isSigned { signed += studies } else { unsigned[triageClass, default: 0] += studies }
    if !isSynthetic { real += studies }
  }
}

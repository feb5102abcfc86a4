extension Sequence<WorklistRow> {
  /// Studies of the same patient to compare one with, the newest first and those of an unknown
  /// day last.
  ///
  /// What has no picture is nothing to compare with.
  public func priors(of row: WorklistRow) -> [WorklistRow] {
    earlier(than: row).filter { $0.readable > 0 }
  }

  /// Studies of the same patient, with pictures or without, the newest first and those of an
  /// unknown day last; what was made on a later day is none.
  public func earlier(than row: WorklistRow) -> [WorklistRow] {
    filter { other in
      guard other.patient.id == row.patient.id, other.id != row.id else { return false }
      return Study.isPrior(madeOn: other.study.date, to: row.study.date)
    }.sorted { a, b in
      let (left, right) = (a.study.moment, b.study.moment)
      return left == right ? a.id < b.id : left > right
    }
  }
}

extension Study {
  /// Whether a study of one Study Date (0008,0020) may be earlier than one of another: it is not
  /// known to be later.
  public static func isPrior(madeOn date: String?, to other: String?) -> Bool {
    guard let before = day(date), let day = day(other) else { return true }
    return before <= day
  }

  /// A Study Date, if it is one: `YYYYMMDD` (PS3.5 6.2).
  private static func day(_ date: String?) -> String? {
    date.flatMap { $0.utf8.count == 8 && $0.utf8.allSatisfy { (48...57).contains($0) } ? $0 : nil }
  }

  /// Sorts as time does; an unknown day before all others.
  fileprivate var moment: String { Self.day(date).map { $0 + (time ?? "") } ?? "" }
}

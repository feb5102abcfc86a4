extension Sequence<WorklistRow> {
  /// Studies of the same patient to compare one with, the newest first and those of an unknown
  /// day last.
  ///
  /// What has no picture is nothing to compare with, and what was made on a later day is no prior.
  public func priors(of row: WorklistRow) -> [WorklistRow] {
    filter { other in
      guard other.patient.id == row.patient.id, other.id != row.id, other.readable > 0 else {
        return false
      }
      guard let day = row.study.day, let before = other.study.day else { return true }
      return before <= day
    }.sorted { a, b in
      let (left, right) = (a.study.moment, b.study.moment)
      return left == right ? a.id < b.id : left > right
    }
  }
}

extension Study {
  /// Study Date (0008,0020), if it is one: `YYYYMMDD` (PS3.5 6.2).
  fileprivate var day: String? {
    date.flatMap { $0.utf8.count == 8 && $0.utf8.allSatisfy { (48...57).contains($0) } ? $0 : nil }
  }

  /// Sorts as time does; an unknown day before all others.
  fileprivate var moment: String { day.map { $0 + (time ?? "") } ?? "" }
}

import Radiology

/// Shares as people read them; neither becomes a certainty nobody has by rounding.
enum ShareText {
  /// `0.93`.
  static func decimals(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let hundredths = hundredths(share)
    return hundredths == 100 ? "1.00" : "0." + (hundredths < 10 ? "0" : "") + "\(hundredths)"
  }

  /// `93%`.
  static func percent(_ share: Double) -> String {
    share.isFinite ? "\(hundredths(share))%" : "–"
  }

  fileprivate static func hundredths(_ share: Double) -> Int {
    share >= 1 ? 100 : min(99, max(0, Int((share * 100).rounded())))
  }
}

extension PredictiveValue {
  /// `62 % (48–74) of 34 reads`: the share, its interval, and how many reads it comes from.
  var words: String {
    let ends = [interval.lowerBound, interval.upperBound].map(ShareText.hundredths)
    return "\(ShareText.hundredths(share)) % (\(ends[0])–\(ends[1])) of \(reads) reads"
  }
}

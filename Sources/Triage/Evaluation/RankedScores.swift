/// Scores of images whose truth is known, in order, so that any statistic of ranks is one pass.
///
/// An image may count several times or not at all: that is how a bootstrap resample is scored
/// without sorting again.
public struct RankedScores: Sendable {
  /// A threshold and what it does: at or above it an image is called suspicious.
  public struct OperatingPoint: Sendable, Hashable {
    public let threshold: Double
    public let sensitivity: Double
    public let specificity: Double
  }

  /// Indices of the images from the highest score to the lowest.
  private let order: [Int]
  private let scores: [Double]
  private let isSuspicious: [Bool]

  /// Ranks images by score.
  public init(scores: [Double], isSuspicious: [Bool]) {
    precondition(scores.count == isSuspicious.count, "every score has its truth")
    precondition(scores.allSatisfy(\.isFinite), "a score is a number")
    order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    self.scores = scores
    self.isSuspicious = isSuspicious
  }

  /// Area under the receiver operating characteristic: how often a random suspicious image
  /// scores higher than a random normal one, a tie counting half.
  ///
  /// - Parameter counts: how often each image counts; once each without it.
  /// - Returns: nothing unless both classes are there.
  public func auroc(counts: [Double]? = nil) -> Double? {
    var suspiciousAbove = 0.0
    var normals = 0.0
    var area = 0.0
    forEachTie(counts) { normal, suspicious in
      area += normal * (suspiciousAbove + suspicious / 2)
      suspiciousAbove += suspicious
      normals += normal
    }
    guard normals > 0, suspiciousAbove > 0 else { return nil }
    return area / (normals * suspiciousAbove)
  }

  /// The most sensitive operating point that keeps at least this specificity.
  ///
  /// - Returns: nothing unless both classes are there. The threshold lies in the middle between
  ///   the lowest score called suspicious and the next one, so that an equal study tomorrow
  ///   falls on the same side.
  public func point(atSpecificity least: Double, counts: [Double]? = nil) -> OperatingPoint? {
    points(counts)?.last { $0.specificity >= least - 1e-9 }
  }

  /// The operating point where sensitivity and specificity together are highest.
  ///
  /// Source: Youden, *Index for rating diagnostic tests*, Cancer 1950.
  public func youden() -> OperatingPoint? {
    points(nil)?.max { $0.sensitivity + $0.specificity < $1.sensitivity + $1.specificity }
  }

  /// The share of the suspicious images at or above a threshold; nothing if there are none.
  public func sensitivity(atThreshold threshold: Double) -> Double? {
    share(of: true) { $0 >= threshold }
  }

  /// The share of the normal images below a threshold; nothing if there are none.
  public func specificity(atThreshold threshold: Double) -> Double? {
    share(of: false) { $0 < threshold }
  }

  private func share(of suspicious: Bool, _ condition: (Double) -> Bool) -> Double? {
    let chosen = scores.indices.filter { isSuspicious[$0] == suspicious }
    guard !chosen.isEmpty else { return nil }
    return Double(chosen.count { condition(scores[$0]) }) / Double(chosen.count)
  }

  /// Every distinct operating point, from the strictest to the most lenient.
  private func points(_ counts: [Double]?) -> [OperatingPoint]? {
    var normals = 0.0
    var suspicious = 0.0
    forEachTie(counts) {
      normals += $0
      suspicious += $1
    }
    guard normals > 0, suspicious > 0, let first = order.first else { return nil }
    let levels = distinctScores
    var points = [
      OperatingPoint(threshold: scores[first].nextUp, sensitivity: 0, specificity: 1)
    ]
    var caught = 0.0
    var alarms = 0.0
    var level = 0
    forEachTie(counts) {
      alarms += $0
      caught += $1
      let lower = level + 1 < levels.count ? levels[level + 1] : levels[level]
      points.append(
        OperatingPoint(
          threshold: (levels[level] + lower) / 2, sensitivity: caught / suspicious,
          specificity: 1 - alarms / normals))
      level += 1
    }
    return points
  }

  private var distinctScores: [Double] {
    var levels: [Double] = []
    for index in order where levels.last != scores[index] { levels.append(scores[index]) }
    return levels
  }

  /// Walks through the groups of equal scores from the highest down.
  private func forEachTie(_ counts: [Double]?, _ body: (Double, Double) -> Void) {
    var position = 0
    while position < order.count {
      let score = scores[order[position]]
      var normal = 0.0
      var suspicious = 0.0
      while position < order.count, scores[order[position]] == score {
        let index = order[position]
        let count = counts?[index] ?? 1
        if isSuspicious[index] { suspicious += count } else { normal += count }
        position += 1
      }
      body(normal, suspicious)
    }
  }
}

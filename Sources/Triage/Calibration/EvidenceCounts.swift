/// How many images of each class got how much evidence, in bins.
///
/// Enough to calibrate on; of one image it tells no more than its bin.
public struct EvidenceCounts: Sendable, Hashable {
  /// Bins are an eighth wide and reach from −16 to 16; what lies outside counts in the last.
  public static let bins = 256
  private static let width = 0.125

  public private(set) var normal = [Int](repeating: 0, count: bins)
  public private(set) var suspicious = [Int](repeating: 0, count: bins)

  public init() {}

  /// More images than any federation validates with, and few enough to fit a curve to.
  private static let mostImages = 1 << 20

  /// Counts that came from elsewhere; nothing unless there is one for each bin, and in all no more
  /// than can be.
  public init?(normal: [Int], suspicious: [Int]) {
    for counts in [normal, suspicious] {
      guard counts.count == Self.bins, counts.allSatisfy({ (0...Self.mostImages).contains($0) }),
        counts.reduce(0, +) <= Self.mostImages
      else { return nil }
    }
    self.normal = normal
    self.suspicious = suspicious
  }

  /// Counts one image.
  mutating func count(_ evidence: Double, isSuspicious: Bool) {
    let place = (evidence / Self.width).rounded(.down) + Double(Self.bins / 2)
    let bin = Int(min(max(place, 0), Double(Self.bins - 1)))
    if isSuspicious { suspicious[bin] += 1 } else { normal[bin] += 1 }
  }

  /// Every image with the middle of its bin for its evidence.
  var observations: [Calibration.Observation] {
    [(normal, false), (suspicious, true)].flatMap { counts, isSuspicious in
      counts.enumerated().flatMap { bin, count in
        [Calibration.Observation](
          repeating: Calibration.Observation(
            evidence: (Double(bin - Self.bins / 2) + 0.5) * Self.width,
            isSuspicious: isSuspicious), count: count)
      }
    }
  }
}

extension Calibration {
  /// The first calibration of a new network, from counts of images it was not trained on.
  ///
  /// The counts are of the evidence pooled over an image's map and of its strongest place.
  public static func fitted(
    pooled: EvidenceCounts, peaks: EvidenceCounts,
    at operatingPoint: OperatingPoint = .specificity(0.9)
  ) -> Refit {
    fitted(pooled: pooled.observations, peaks: peaks.observations, at: operatingPoint)
  }
}

extension Model {
  /// How much evidence the model finds in images with known truth: pooled, and at the strongest
  /// place.
  ///
  /// Throws ``TriageError``, or `CancellationError` if the task was cancelled.
  public func evidenceCounts(
    of images: [LabelledImage], threads: Int? = nil
  ) throws -> (pooled: EvidenceCounts, peaks: EvidenceCounts) {
    let maps = try Scorer(self, batch: 16, threads: threads).maps(of: images.map(\.prepared)) {
      _ in try Task.checkCancellation()
    }
    var pooled = EvidenceCounts()
    var peaks = EvidenceCounts()
    for (map, image) in zip(maps, images) {
      guard map.isFinite else {
        throw TriageError.modelIsInconsistent("its network gave no number for an image.")
      }
      pooled.count(map.pooled, isSuspicious: image.isSuspicious)
      peaks.count(map.peak, isSuspicious: image.isSuspicious)
    }
    return (pooled, peaks)
  }
}

extension Calibration {
  /// One image that a model scored and people know the truth of.
  public struct Pair: Sendable, Hashable {
    public let probability: Double
    public let isSuspicious: Bool

    public init(probability: Double, isSuspicious: Bool) {
      precondition((0...1).contains(probability), "a probability is from 0 to 1")
      self.probability = probability
      self.isSuspicious = isSuspicious
    }
  }

  /// A calibration and how it came about, for the log and the card.
  public struct Refit: Sendable, Hashable {
    public let calibration: Calibration
    /// False if there was too little to learn from and the old calibration stays.
    public let isFitted: Bool
    /// One sentence without patient data.
    public let statement: String
  }

  /// Fewer images of a class cannot move a threshold.
  public static let leastOfEachClass = 20

  /// Fits curve and threshold to images the model was not trained on, for example a site's own
  /// reviewed studies.
  ///
  /// With fewer than ``leastOfEachClass`` images of either class, or where the probabilities fall
  /// as suspicion rises, this calibration stays and the statement says so. Regions keep their
  /// evidence: the same places are marked as before, with the new probabilities. The pairs hold
  /// probabilities as this calibration gave them.
  public func refitted(
    to pairs: [Pair], at operatingPoint: OperatingPoint = .specificity(0.9)
  ) -> Refit {
    let suspicious = pairs.count(where: \.isSuspicious)
    let normal = pairs.count - suspicious
    guard min(suspicious, normal) >= Self.leastOfEachClass else {
      return Refit(
        calibration: self, isFitted: false,
        statement: "Calibration unchanged: there are \(normal) normal and \(suspicious) "
          + "suspicious images with known truth and at least \(Self.leastOfEachClass) of each "
          + "are needed.")
    }
    let truth = pairs.map(\.isSuspicious)
    let logits = pairs.map { Logistic.logit($0.probability) }
    guard let change = Logistic.fit(logits, isSuspicious: truth) else {
      return Refit(
        calibration: self, isFitted: false,
        statement: "Calibration unchanged: the probabilities of \(pairs.count) images with known "
          + "truth do not rise with suspicion.")
    }
    let ranked = RankedScores(scores: logits.map(change.probability), isSuspicious: truth)
    let newRegion = region.followed(by: change)
    let calibration = Calibration(
      study: study.followed(by: change), region: newRegion,
      threshold: ranked.threshold(at: operatingPoint) ?? threshold,
      regionThreshold: newRegion.probability(region.evidence(regionThreshold)),
      operatingPoint: operatingPoint, images: pairs.count, suspicious: suspicious)
    return Refit(
      calibration: calibration, isFitted: true,
      statement: "Calibrated on \(normal) normal and \(suspicious) suspicious images with known "
        + "truth; the threshold is at \(operatingPoint).")
  }

  /// What a network gave for one image, and the truth.
  struct Observation: Sendable {
    let evidence: Double
    let isSuspicious: Bool
  }

  /// The first calibration of a new network, from images it was not trained on.
  ///
  /// Of each image the evidence pooled over its map, and that of its strongest place. Places
  /// become regions from that evidence on which the strongest place of one normal image in five
  /// reaches: a normal study may carry a region, and most carry none.
  /// - Returns: ``none`` with a statement where there are too few images.
  static func fitted(
    pooled: [Observation], peaks: [Observation],
    at operatingPoint: OperatingPoint = .specificity(0.9)
  ) -> Refit {
    let truth = peaks.map(\.isSuspicious)
    let peaks = peaks.map(\.evidence)
    let refit = none.refitted(
      to: pooled.map {
        Pair(probability: Logistic.plain.probability($0.evidence), isSuspicious: $0.isSuspicious)
      }, at: operatingPoint)
    guard refit.isFitted, let region = Logistic.fit(peaks, isSuspicious: truth),
      let level = RankedScores(scores: peaks, isSuspicious: truth).point(atSpecificity: 0.8)
    else { return refit }
    let fitted = refit.calibration
    return Refit(
      calibration: Calibration(
        study: fitted.study, region: region, threshold: fitted.threshold,
        regionThreshold: region.probability(level.threshold), operatingPoint: operatingPoint,
        images: fitted.images, suspicious: fitted.suspicious),
      isFitted: true, statement: refit.statement)
  }
}

extension RankedScores {
  /// The probability to call suspicious from on, 0 to 1; nothing if it is not to be fitted.
  func threshold(at operatingPoint: Calibration.OperatingPoint) -> Double? {
    let point =
      switch operatingPoint {
      case .specificity(let least): point(atSpecificity: least)
      case .youden: youden()
      case .fixed: nil as OperatingPoint?
      }
    return point.map { min(max($0.threshold, 0), 1) }
  }
}

/// Turns a network's evidence into probabilities, and says from which probability on a study is
/// called suspicious.
///
/// It belongs to a model at a site: one threshold does not hold at another hospital.
public struct Calibration: Codable, Sendable, Hashable {
  /// From the pooled evidence of an image to the probability that its study is suspicious.
  public let study: Logistic
  /// From the evidence at one place to the probability that the place is abnormal: how often an
  /// image whose strongest place has this evidence is suspicious.
  public let region: Logistic
  /// At or above this probability a study is called suspicious, 0 to 1.
  public let threshold: Double
  /// At or above this probability a place becomes a region to look at again, 0 to 1.
  public let regionThreshold: Double
  /// How the threshold was chosen.
  public let operatingPoint: OperatingPoint
  /// From how many images with known truth, and how many of them suspicious.
  public let images: Int
  public let suspicious: Int

  /// Where on the trade between missed lesions and false alarms the threshold lies.
  public enum OperatingPoint: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The most sensitive threshold that leaves at least this share of the normal images alone.
    case specificity(Double)
    /// Where sensitivity and specificity together are highest.
    case youden
    /// Set by hand, or not fitted yet.
    case fixed

    public var description: String {
      switch self {
      case .specificity(let share): "specificity \(Int((share * 100).rounded())) %"
      case .youden: "the highest sum of sensitivity and specificity"
      case .fixed: "a fixed value, not fitted"
      }
    }
  }

  /// What a network says before anybody has calibrated it.
  public static let none = Calibration(study: .plain, region: .plain, threshold: 0.5)

  public init(
    study: Logistic, region: Logistic, threshold: Double, regionThreshold: Double = 0.5,
    operatingPoint: OperatingPoint = .fixed, images: Int = 0, suspicious: Int = 0
  ) {
    self.study = study
    self.region = region
    self.threshold = threshold
    self.regionThreshold = regionThreshold
    self.operatingPoint = operatingPoint
    self.images = images
    self.suspicious = suspicious
    precondition(isSound, "thresholds are from 0 to 1")
  }

  /// Every number is in its range; a model with others is refused.
  var isSound: Bool {
    study.isSound && region.isSound && (0...1).contains(threshold)
      && (0...1).contains(regionThreshold) && images >= 0 && (0...images).contains(suspicious)
  }
}

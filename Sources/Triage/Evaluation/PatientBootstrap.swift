/// Draws patients with replacement to learn how far a figure would move on other patients.
///
/// Whole patients are drawn, because two images of one patient are no two observations.
/// Source: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13
/// (percentile interval).
struct PatientBootstrap {
  /// How often each image counts, for each resample.
  private let resamples: [[Double]]

  /// Draws once for all statistics; `patients` holds one pseudonym for each image.
  init(patients: [String], resamples: Int, seed: UInt64) {
    var groups: [String: [Int]] = [:]
    for (index, patient) in patients.enumerated() { groups[patient, default: []].append(index) }
    // A dictionary's order changes from run to run; the first image of each patient's does not.
    let ordered = groups.values.sorted { $0[0] < $1[0] }
    var random = SeededRandom(seed: seed)
    self.resamples = (0..<resamples).map { _ in
      var counts = [Double](repeating: 0, count: patients.count)
      for _ in ordered.indices {
        for index in ordered[Int.random(in: ordered.indices, using: &random)] {
          counts[index] += 1
        }
      }
      return counts
    }
  }

  /// The middle 95 % of a statistic over the resamples in which it exists.
  func interval(of statistic: ([Double]) -> Double?) -> Interval? {
    let values = resamples.compactMap(statistic).sorted()
    guard values.count > 1 else { return nil }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(values.count - 1)
      let lower = values[Int(place)]
      let upper = values[min(Int(place) + 1, values.count - 1)]
      return lower + (upper - lower) * (place - place.rounded(.down))
    }
    return Interval(low: quantile(0.025), high: quantile(0.975))
  }
}

/// From where to where a figure may lie, with 95 % confidence; written as `[low, high]`.
public struct Interval: Codable, Sendable, Hashable {
  public let low: Double
  public let high: Double

  public init(low: Double, high: Double) {
    precondition(low <= high, "an interval runs from low to high")
    self.low = low
    self.high = high
  }

  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    low = try container.decode(Double.self)
    high = try container.decode(Double.self)
    guard low <= high, container.isAtEnd else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "an interval is two numbers, the lower one first")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(low)
    try container.encode(high)
  }
}

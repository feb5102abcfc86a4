import Foundation

/// A rising curve from evidence to probability: `1 / (1 + exp(−(slope · evidence + offset)))`.
public struct Logistic: Codable, Sendable, Hashable {
  /// Above 0, so that the order of two studies never changes.
  public let slope: Double
  public let offset: Double

  /// What a network says before anybody has calibrated it.
  public static let plain = Logistic(slope: 1, offset: 0)

  public init(slope: Double, offset: Double) {
    self.slope = slope
    self.offset = offset
    precondition(isSound, "the slope is above 0 and both are finite")
  }

  var isSound: Bool { slope > 0 && slope.isFinite && offset.isFinite }

  /// The probability for an amount of evidence; any real number gives one from 0 to 1.
  public func probability(_ evidence: Double) -> Double {
    1 / (1 + exp(-(slope * evidence + offset)))
  }

  /// The evidence that has this probability: the inverse of ``probability(_:)``.
  ///
  /// 0 and 1 stand for the nearest numbers whose evidence is finite.
  public func evidence(_ probability: Double) -> Double {
    (Self.logit(probability) - offset) / slope
  }

  /// The curve that first takes this one's logit and then stretches and shifts it.
  func followed(by next: Logistic) -> Logistic {
    Logistic(slope: slope * next.slope, offset: offset * next.slope + next.offset)
  }

  static func logit(_ probability: Double) -> Double {
    let inside = min(max(probability, 1e-12), 1 - 1e-12)
    return log(inside / (1 - inside))
  }
}

extension Logistic {
  /// The curve under which the truth is likeliest.
  ///
  /// Logistic regression with corrected targets, so that even perfectly separated classes give a
  /// finite slope. Source: Platt, *Probabilistic outputs for support vector machines*, 1999; Lin,
  /// Lin and Weng, *A note on Platt's probabilistic outputs*, Machine Learning 2007.
  /// - Returns: nothing if a class is missing or the evidence does not rise with the truth.
  static func fit(_ evidence: [Double], isSuspicious: [Bool]) -> Logistic? {
    precondition(evidence.count == isSuspicious.count, "every evidence has its truth")
    let suspicious = Double(isSuspicious.count { $0 })
    let normal = Double(isSuspicious.count) - suspicious
    guard suspicious > 0, normal > 0 else { return nil }
    // Newton steps behave best on centred numbers of size 1.
    let mean = evidence.reduce(0, +) / Double(evidence.count)
    let variance =
      evidence.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(evidence.count)
    let deviation = variance.squareRoot()
    guard deviation > 0, deviation.isFinite else { return nil }
    let fit = PlattFit(
      evidence: evidence.map { ($0 - mean) / deviation },
      targets: isSuspicious.map {
        $0 ? (suspicious + 1) / (suspicious + 2) : 1 / (normal + 2)
      })
    let (slope, offset) = fit.solution(startingAt: log((suspicious + 1) / (normal + 1)))
    guard slope > 0, slope.isFinite, offset.isFinite else { return nil }
    return Logistic(slope: slope / deviation, offset: offset - slope * mean / deviation)
  }
}

/// Newton's method with halved steps on the cross entropy, which has one minimum.
private struct PlattFit {
  let evidence: [Double]
  let targets: [Double]

  func solution(startingAt start: Double) -> (slope: Double, offset: Double) {
    var slope = 0.0
    var offset = start
    var value = loss(slope, offset)
    for _ in 0..<100 {
      let (stepSlope, stepOffset) = newtonStep(slope, offset)
      var length = 1.0
      var next = loss(slope + length * stepSlope, offset + length * stepOffset)
      while next > value, length > 1e-10 {
        length /= 2
        next = loss(slope + length * stepSlope, offset + length * stepOffset)
      }
      guard next < value else { break }
      slope += length * stepSlope
      offset += length * stepOffset
      value = next
    }
    return (slope, offset)
  }

  private func loss(_ slope: Double, _ offset: Double) -> Double {
    zip(evidence, targets).reduce(0) { sum, pair in
      let logit = slope * pair.0 + offset
      return sum + max(logit, 0) + log1p(exp(-abs(logit))) - pair.1 * logit
    }
  }

  private func newtonStep(_ slope: Double, _ offset: Double) -> (slope: Double, offset: Double) {
    var (gradientSlope, gradientOffset) = (0.0, 0.0)
    // A touch of ridge keeps the matrix invertible where all weights vanish.
    var (a, b, c) = (1e-9, 0.0, 1e-9)
    for (x, target) in zip(evidence, targets) {
      let probability = 1 / (1 + exp(-(slope * x + offset)))
      let weight = probability * (1 - probability)
      gradientSlope += (probability - target) * x
      gradientOffset += probability - target
      a += weight * x * x
      b += weight * x
      c += weight
    }
    let determinant = a * c - b * b
    return (
      -(c * gradientSlope - b * gradientOffset) / determinant,
      -(a * gradientOffset - b * gradientSlope) / determinant
    )
  }
}

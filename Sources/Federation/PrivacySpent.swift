import Foundation

/// How much everything that left a site under noise tells together.
///
/// It is of the site as a whole: what could be told apart is whether the site learned from its
/// lessons or brought no change at all. Of one patient it promises no more than that, and it does
/// not cover the number of examples, which leaves as it is.
public struct PrivacySpent: Sendable, Hashable, Codable {
  /// The sum of 1/z² over all releases, z being the noise in multiples of the clip.
  ///
  /// Gaussian releases add up to one of this strength.
  public private(set) var squares: Double

  /// Nothing has left.
  public init() { squares = 0 }

  /// Adds one release; `noise` is its deviation in multiples of the clip.
  public mutating func add(noise: Double) {
    precondition(noise > 0 && noise.isFinite, "noise is a number above 0")
    squares += 1 / (noise * noise)
  }

  /// The ε of (ε, δ)-differential privacy that was given, for a δ between 0 and 1.
  ///
  /// It is the smallest there is for that noise, not a bound.
  /// Source: Balle and Wang 2018, theorem 8; composition by Dong, Roth and Su 2022, corollary 3.3.
  public func epsilon(delta: Double) -> Double {
    precondition(delta > 0 && delta < 1, "δ is between 0 and 1")
    guard squares > 0 else { return 0 }
    let strength = squares.squareRoot()
    let wanted = log(delta)
    guard Self.logDelta(0, strength) > wanted else { return 0 }
    var (low, high) = (0.0, 1.0)
    while Self.logDelta(high, strength) > wanted { (low, high) = (high, 2 * high) }
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if Self.logDelta(middle, strength) > wanted { low = middle } else { high = middle }
    }
    return high
  }

  /// log(Φ(μ/2 - ε/μ) - exp(ε) · Φ(-μ/2 - ε/μ)).
  private static func logDelta(_ epsilon: Double, _ strength: Double) -> Double {
    let first = logNormal(strength / 2 - epsilon / strength)
    let second = epsilon + logNormal(-strength / 2 - epsilon / strength)
    return second < first ? first + log1p(-exp(second - first)) : -.infinity
  }

  /// The logarithm of the standard normal distribution's Φ, far into its tail.
  private static func logNormal(_ x: Double) -> Double {
    if x > -20 { return log(erfc(-x / 2.0.squareRoot()) / 2) }
    let square = 1 / (x * x)
    let series = 1 - square * (1 - 3 * square * (1 - 5 * square))
    return -x * x / 2 - log(-x) - log(2 * Double.pi) / 2 + log(series)
  }
}

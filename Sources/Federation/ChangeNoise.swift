import Engine

/// Gaussian noise on a change of a bounded length, in steps so small that they do not matter.
///
/// Values are whole multiples of a step before and after, so the noise is exact (see
/// ``DiscreteGaussian``); they are cut towards zero, which makes no change longer than its clip.
struct ChangeNoise {
  /// A power of two: multiples of it are exact in floating point.
  let step: Double
  /// Deviation of the noise, in steps: 1024 to 2048.
  let deviation: Int
  private let clip: Double

  init(clip: Double, noise: Double) {
    self.clip = clip
    let wanted = clip * noise
    step = wanted.binade / 1024
    // Never less than was promised.
    deviation = Int((wanted / step).rounded(.up))
  }

  func adding(
    to change: Parameters, using random: inout some RandomNumberGenerator
  ) -> Parameters {
    let gaussian = DiscreteGaussian(deviation: deviation)
    // Rounding may have left it longer than the clip by a trifle, and the promise counts on it.
    let shrink = min(1, clip / change.norm)
    var noisy = change
    for entry in noisy.entries.indices {
      for place in noisy.entries[entry].values.indices {
        let value = Double(noisy.entries[entry].values[place]) * shrink
        let steps = Int((value / step).rounded(.towardZero)) + gaussian.next(using: &random)
        noisy.entries[entry].values[place] = Float(Double(steps) * step)
      }
    }
    return noisy
  }
}

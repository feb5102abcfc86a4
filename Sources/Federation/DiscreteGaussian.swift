/// Whole numbers drawn as a Gaussian would draw them, exactly.
///
/// Noise made of floating-point numbers gives away what it hides by the bits it cannot have
/// (Mironov 2012). This draws integers with integers, so there are no such bits.
/// Source: Canonne, Kamath, Steinke 2020, “The Discrete Gaussian for Differential Privacy”,
/// algorithms 1 to 3.
struct DiscreteGaussian {
  /// Standard deviation.
  private let deviation: UInt64
  /// Scale of the discrete Laplace distribution that is drawn from first.
  private let scale: UInt64

  /// - Parameter deviation: 1 to 2^14, so that every product below fits 64 bits.
  init(deviation: Int) {
    precondition((1...1 << 14).contains(deviation), "a deviation is 1 to 2^14")
    self.deviation = UInt64(deviation)
    scale = UInt64(deviation) + 1
  }

  /// One number.
  func next(using random: inout some RandomNumberGenerator) -> Int {
    let square = deviation * deviation
    while true {
      let (magnitude, isNegative) = laplace(using: &random)
      // exp(-(|y| - s²/t)² / 2s²), as a fraction of whole numbers.
      let distance = max(magnitude * scale, square) - min(magnitude * scale, square)
      let (numerator, overflow) = distance.multipliedReportingOverflow(by: distance)
      // So far out that it would be taken less than once in e^(2^10).
      guard !overflow else { continue }
      if happens(exp: numerator, over: 2 * square * scale * scale, using: &random) {
        return isNegative ? -Int(magnitude) : Int(magnitude)
      }
    }
  }

  /// A number of the discrete Laplace distribution of that scale, as magnitude and sign.
  private func laplace(
    using random: inout some RandomNumberGenerator
  ) -> (magnitude: UInt64, isNegative: Bool) {
    while true {
      let rest = UInt64.random(in: 0..<scale, using: &random)
      guard happens(exp: rest, over: scale, using: &random) else { continue }
      var whole: UInt64 = 0
      while happens(exp: 1, over: 1, using: &random) { whole += 1 }
      let magnitude = rest + scale * whole
      let isNegative = Bool.random(using: &random)
      // Zero would come twice.
      if !(isNegative && magnitude == 0) { return (magnitude, isNegative) }
    }
  }

  /// What happens with probability exp(-numerator / denominator).
  private func happens(
    exp numerator: UInt64, over denominator: UInt64, using random: inout some RandomNumberGenerator
  ) -> Bool {
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    for _ in 0..<whole where !happensBelowOne(1, 1, using: &random) { return false }
    return happensBelowOne(rest, denominator, using: &random)
  }

  /// The same for at most 1, by the alternating series of the exponential function.
  private func happensBelowOne(
    _ numerator: UInt64, _ denominator: UInt64, using random: inout some RandomNumberGenerator
  ) -> Bool {
    var steps: UInt64 = 1
    while UInt64.random(in: 0..<denominator * steps, using: &random) < numerator { steps += 1 }
    return steps % 2 == 1
  }
}

/// A stream of random numbers that a seed fixes on every machine.
///
/// SplitMix64: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*,
/// OOPSLA 2014. Not for secrets.
struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Further numbers tell streams of one seed apart, for example round and step.
  init(seed: UInt64, stream: UInt64...) {
    state = seed
    for number in stream {
      state = next() ^ number
    }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to but not including 1.
  mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Between two bounds.
  mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

  /// True this often.
  mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// Nearly normal with mean 0 and deviation 1, never beyond ±3.5: the sum of four uniform
  /// numbers, which is plenty for image noise and one draw instead of two logarithms.
  mutating func noise() -> Float {
    let bits = next()
    let sum =
      Float(bits & 0xFFFF) + Float(bits >> 16 & 0xFFFF) + Float(bits >> 32 & 0xFFFF)
      + Float(bits >> 48)
    return (sum * 0x1p-16 - 2) * 1.732_050_8
  }
}

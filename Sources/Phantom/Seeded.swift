/// Random numbers that are the same for the same seed on every machine.
///
/// Source: SplitMix64, Steele, Lea and Flood 2014, OOPSLA, figure 17.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func between(_ low: Double, _ high: Double) -> Double {
    .random(in: low...high, using: &self)
  }

  /// Around 0 with standard deviation 1 (Irwin-Hall: the sum of twelve uniform numbers less 6).
  mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + between(0, 1) }
  }
}

import Foundation
import Radiology

/// A repeatable sequence of identifiers: the workstation itself throws no dice.
///
/// Source: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014.
struct SplitMix: Sendable, RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A DICOM identifier from 128 bits of the sequence.
  mutating func nextUID() -> String {
    let digits = [next(), next()].map { value in
      String(repeating: "0", count: 16 - String(value, radix: 16).count) + String(value, radix: 16)
    }
    return UID.make(digest: digits.joined(), role: .finding)
  }
}

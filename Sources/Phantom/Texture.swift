import Foundation

/// Smooth, cloudy variation around 0: a sum of waves whose directions the seed decides.
struct Texture {
  private let waves: [(x: Double, y: Double, phase: Double, height: Double)]

  init(using random: inout Seeded) {
    waves = (0..<10).map { index in
      let frequency = 8 + 9 * Double(index)
      let angle = random.between(0, 2 * .pi)
      return (
        cos(angle) * frequency, sin(angle) * frequency, random.between(0, 2 * .pi),
        1 / (1 + 0.35 * Double(index))
      )
    }
  }

  func value(_ x: Double, _ y: Double) -> Double {
    waves.reduce(0) { $0 + $1.height * sin(x * $1.x + y * $1.y + $1.phase) } / 3
  }
}

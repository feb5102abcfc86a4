import Engine
import Testing

@testable import Triage

struct EvidenceLossTests {
  private let targets = [
    EvidenceLoss.Target(isSuspicious: false, weight: 0.7, coverage: nil),
    EvidenceLoss.Target(isSuspicious: true, weight: 1.2, coverage: nil),
    EvidenceLoss.Target(
      isSuspicious: true, weight: 1, coverage: [0, 0.5, 1, 0, 0, 0, 0.25, 0, 0]),
  ]

  private func maps(_ seed: UInt64) -> [Float] {
    var random = SeededRandom(seed: seed)
    return (0..<27).map { _ in random.uniform(-2, 2) }
  }

  @Test("the gradient is the slope of the value", arguments: 0..<5 as Range<UInt64>)
  func slope(seed: UInt64) {
    let loss = EvidenceLoss()
    let maps = maps(seed)
    let (_, gradient) = loss(maps, targets)
    for index in maps.indices {
      var above = maps
      var below = maps
      above[index] += 0.01
      below[index] -= 0.01
      let slope = (loss(above, targets).value - loss(below, targets).value) / 0.02
      // Values are single precision near 1, so differences carry about 1e-5 of noise.
      #expect(abs(slope - gradient[index]) < 2e-4 + 0.02 * abs(slope))
    }
  }

  @Test("evidence inside a box is pulled up and outside down")
  func boxes() {
    let loss = EvidenceLoss()
    let (_, gradient) = loss([Float](repeating: 0, count: 9), [targets[2]])
    #expect(gradient[2] < 0)
    #expect(gradient[2] < gradient[0])
    #expect(gradient[4] > gradient[1])
  }

  @Test("evidence on a normal image is pulled down everywhere")
  func normal() {
    let (_, gradient) = EvidenceLoss()(maps(1).prefix(9) + [], [targets[0]])
    #expect(gradient.allSatisfy { $0 > 0 })
  }

  @Test("a label of no weight teaches nothing")
  func weightless() {
    let target = EvidenceLoss.Target(isSuspicious: false, weight: 0, coverage: nil)
    let (value, gradient) = EvidenceLoss()(Array(maps(1).prefix(9)), [target])
    #expect(value == 0)
    #expect(gradient.allSatisfy { $0 == 0 })
  }
}

import TestSupport
import Testing

@testable import Imaging

@Suite struct ResamplingTests {
  private func noise(_ columns: Int, _ rows: Int, seed: UInt64) -> GreyImage {
    var random = Seeded(seed)
    let values = (0..<columns * rows).map { _ in Float.random(in: 0...1000, using: &random) }
    return GreyImage(columns: columns, rows: rows, values: values)
  }

  @Test("an image of one grey stays that grey at any size", arguments: 0..<20)
  func constant(seed: UInt64) {
    var random = Seeded(seed)
    let columns = Int.random(in: 1...40, using: &random)
    let rows = Int.random(in: 1...40, using: &random)
    let image = GreyImage(
      columns: columns, rows: rows, values: Array(repeating: 7, count: columns * rows))
    let fitted = image.fitted(to: Int.random(in: 1...64, using: &random), padding: 7)
    #expect(fitted.values.allSatisfy { abs($0 - 7) < 1e-4 })
  }

  @Test("shrinking by a whole number averages exactly those pixels")
  func blocks() {
    let image = noise(8, 8, seed: 1)
    let small = image.fitted(to: 4, padding: 0).values
    for row in 0..<4 {
      for column in 0..<4 {
        let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
          image.values[(row * 2 + $0.0) * 8 + column * 2 + $0.1]
        }
        #expect(abs(small[row * 4 + column] - block.reduce(0, +) / 4) < 1e-3)
      }
    }
  }

  @Test("shrinking by any factor keeps the mean", arguments: 0..<20)
  func mean(seed: UInt64) {
    let image = noise(50, 50, seed: seed)
    let small = image.fitted(to: 13 + Int(seed), padding: 0).values
    let before = image.values.reduce(0, +) / Float(image.values.count)
    let after = small.reduce(0, +) / Float(small.count)
    #expect(abs(before - after) < 0.05)
  }

  @Test("growing interpolates between centres")
  func growing() {
    let image = GreyImage(columns: 2, rows: 1, values: [0, 100])
    let grown = image.resampled(
      Axis(count: 4, origin: 0, step: 0.5, limit: 2), Axis(count: 1, origin: 0, step: 1, limit: 1),
      outside: -1)
    #expect(grown == [0, 25, 75, 100])
  }

  @Test("the image keeps its shape in the square and padding fills the rest")
  func padding() {
    let image = GreyImage(columns: 4, rows: 2, values: Array(repeating: 5, count: 8))
    let fitted = image.fitted(to: 4, padding: -1)
    #expect(Array(fitted.values[0..<4]) == [-1, -1, -1, -1])
    #expect(Array(fitted.values[4..<12]) == Array(repeating: 5, count: 8))
    #expect(Array(fitted.values[12..<16]) == [-1, -1, -1, -1])
  }

  @Test("places go into the square and back", arguments: 0..<30)
  func placement(seed: UInt64) {
    var random = Seeded(seed)
    let columns = Int.random(in: 1...3000, using: &random)
    let rows = Int.random(in: 1...3000, using: &random)
    let placement = Placement(columns: columns, rows: rows, side: 256)
    let x = Double.random(in: 0...Double(columns), using: &random)
    let y = Double.random(in: 0...Double(rows), using: &random)
    let square = placement.square(x: x, y: y)
    #expect((-1e-6...256 + 1e-6).contains(square.x) && (-1e-6...256 + 1e-6).contains(square.y))
    let back = placement.image(x: square.x, y: square.y)
    #expect(abs(back.x - x) < 1e-6 && abs(back.y - y) < 1e-6)
  }

  @Test("weights of every pixel inside add up to one", arguments: 0..<30)
  func weights(seed: UInt64) {
    var random = Seeded(seed)
    let axis = Axis(
      count: 50, origin: .random(in: -20...20, using: &random),
      step: .random(in: 0.05...5, using: &random), limit: .random(in: 0.5...100, using: &random))
    for index in 0..<50 where !axis.isOutside(index) {
      let sum = axis.weights[axis.starts[index]..<axis.starts[index + 1]].reduce(0, +)
      #expect(abs(sum - 1) < 1e-4)
    }
  }
}

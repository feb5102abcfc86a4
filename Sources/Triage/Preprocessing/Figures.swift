import Foundation

/// One image in a few dozen numbers, scaled so that all count about alike.
///
/// The mean greys of an 8 × 8 grid over the content (the padding says nothing about anatomy),
/// brought to mean 0 and deviation 1; then contrast, unevenness along rows and along columns, and
/// the shares of black and of white.
struct Figures: Sendable {
  static let grid = 8
  static let count = grid * grid + 5

  let values: [Double]

  init(_ image: Prepared) {
    let place = image.placement
    let grid = Self.grid
    var sums = [Double](repeating: 0, count: grid * grid)
    var counts = [Double](repeating: 0, count: grid * grid)
    var (sum, squares) = (0.0, 0.0)
    var (across, down) = (0.0, 0.0)
    var (black, white) = (0.0, 0.0)
    for row in 0..<place.height {
      for column in 0..<place.width {
        let index = (place.top + row) * image.side + place.left + column
        let value = Double(image.pixels[index])
        sum += value
        squares += value * value
        if column > 0 { across += abs(value - Double(image.pixels[index - 1])) }
        if row > 0 { down += abs(value - Double(image.pixels[index - image.side])) }
        if value < 0.02 { black += 1 }
        if value > 0.98 { white += 1 }
        let cell = row * grid / place.height * grid + column * grid / place.width
        sums[cell] += value
        counts[cell] += 1
      }
    }
    let count = Double(place.width * place.height)
    let contrast = max(0, squares / count - sum / count * (sum / count)).squareRoot()
    func unevenness(_ steps: Double) -> Double {
      3 * log(steps / count / (contrast + 1e-6) + 1e-3)
    }
    values =
      Self.standardised(zip(sums, counts).map { $0 / max($1, 1) })
      + [
        10 * contrast, unevenness(across), unevenness(down), 10 * black / count,
        10 * white / count,
      ]
  }

  private static func standardised(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return values.map { ($0 - mean) / (variance.squareRoot() + 1e-6) }
  }
}

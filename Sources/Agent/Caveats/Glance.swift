import Imaging

/// A picture made small enough to be looked at in a few milliseconds; bright is dense.
struct Glance {
  let columns: Int
  let rows: Int
  /// Row by row; 0 is the picture's half percent darkest, 1 its brightest pixel.
  private(set) var values: [Float]
  /// Values at the 1st and the 99th percentile.
  let dark: Float
  let bright: Float

  /// The greys that most of the picture has, as a share of all.
  var contrast: Float { bright - dark }

  subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

  /// The longer side of a large picture comes out at this many pixels, up to twice as many.
  static let workingSide = 256

  init(columns: Int, rows: Int, values: [Float], dark: Float, bright: Float) {
    precondition(values.count == columns * rows, "values are [rows, columns]")
    self.columns = columns
    self.rows = rows
    self.values = values
    self.dark = dark
    self.bright = bright
  }

  /// - Returns: none if a value is no number.
  init?(at picture: GreyImage) {
    let factor = max(1, max(picture.columns, picture.rows) / Self.workingSide)
    // A strip that is narrower than one block has nothing to look at.
    guard picture.columns >= factor, picture.rows >= factor else { return nil }
    columns = picture.columns / factor
    rows = picture.rows / factor
    values = Self.averages(of: picture, factor: factor, columns: columns, rows: rows)
    guard values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Float { sorted[Int(share * Double(sorted.count - 1))] }
    let low = quantile(0.005)
    let span = quantile(1) - low
    guard span > 0, span.isFinite else {
      (dark, bright) = (0, 0)
      return
    }
    for index in values.indices { values[index] = (values[index] - low) / span }
    dark = (quantile(0.01) - low) / span
    bright = (quantile(0.99) - low) / span
  }

  /// Means of `factor × factor` pixels; padding counts as black.
  private static func averages(
    of picture: GreyImage, factor: Int, columns: Int, rows: Int
  ) -> [Float] {
    let sign: Float = picture.isInverted ? -1 : 1
    // No value equals what is no number.
    let padding = picture.padding ?? .nan
    var black: Float = 0
    if picture.padding != nil {
      let range = picture.range
      black = picture.isInverted ? range.upperBound : range.lowerBound
    }
    let values = picture.values
    var sums = [Float](repeating: 0, count: columns * rows)
    for row in 0..<rows * factor {
      var source = row * picture.columns
      for target in row / factor * columns..<(row / factor + 1) * columns {
        var sum: Float = 0
        for _ in 0..<factor {
          let value = values[source]
          sum += value == padding ? black : value
          source += 1
        }
        sums[target] += sign * sum
      }
    }
    let share = 1 / Float(factor * factor)
    return sums.map { $0 * share }
  }
}

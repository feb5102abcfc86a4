/// Grey values of one picture, row by row: what the steps of ``Preprocessing`` hand on.
struct Plane: Sendable {
  let columns: Int
  let rows: Int
  var values: [Float]

  subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

  /// A part of it; the bounds lie inside.
  func cropped(columns wanted: Range<Int>, rows wantedRows: Range<Int>) -> Plane {
    var part: [Float] = []
    part.reserveCapacity(wanted.count * wantedRows.count)
    for row in wantedRows {
      part.append(
        contentsOf: values[row * columns + wanted.lowerBound..<row * columns + wanted.upperBound])
    }
    return Plane(columns: wanted.count, rows: wantedRows.count, values: part)
  }

  /// Means of `factor × factor` pixels; what is left over at the right and lower edge is dropped.
  func averaged(by factor: Int) -> Plane {
    guard factor > 1 else { return self }
    let width = columns / factor
    let height = rows / factor
    var means = [Float](repeating: 0, count: width * height)
    for row in 0..<height * factor {
      let target = row / factor * width
      for column in 0..<width * factor {
        means[target + column / factor] += values[row * columns + column]
      }
    }
    let share = 1 / Float(factor * factor)
    for index in means.indices { means[index] *= share }
    return Plane(columns: width, rows: height, values: means)
  }

  /// Resampled with a triangle filter that widens when shrinking, so that nothing aliases; edges
  /// use only pixels that exist.
  func resampled(columns newColumns: Int, rows newRows: Int) -> Plane {
    let across = TriangleFilter(from: columns, to: newColumns)
    var half = [Float](repeating: 0, count: newColumns * rows)
    for row in 0..<rows {
      for column in 0..<newColumns {
        let taps = across.taps[column]
        var sum: Float = 0
        for (offset, weight) in taps.weights.enumerated() {
          sum += weight * values[row * columns + taps.first + offset]
        }
        half[row * newColumns + column] = sum
      }
    }
    let down = TriangleFilter(from: rows, to: newRows)
    var result = [Float](repeating: 0, count: newColumns * newRows)
    for row in 0..<newRows {
      let taps = down.taps[row]
      for (offset, weight) in taps.weights.enumerated() {
        let source = (taps.first + offset) * newColumns
        for column in 0..<newColumns {
          result[row * newColumns + column] += weight * half[source + column]
        }
      }
    }
    return Plane(columns: newColumns, rows: newRows, values: result)
  }

  /// Values below which the given shares lie, interpolated between neighbours.
  func quantiles(_ shares: [Double]) -> [Float] {
    let sorted = values.sorted()
    return shares.map { share in
      let place = share * Double(sorted.count - 1)
      let lower = sorted[Int(place)]
      let upper = sorted[min(Int(place) + 1, sorted.count - 1)]
      return lower + (upper - lower) * Float(place - place.rounded(.down))
    }
  }
}

/// Which source pixels make up each target pixel along one direction, and how much of each.
private struct TriangleFilter {
  let taps: [(first: Int, weights: [Float])]

  init(from source: Int, to target: Int) {
    let scale = Double(source) / Double(target)
    let reach = max(scale, 1)
    taps = (0..<target).map { index in
      let center = (Double(index) + 0.5) * scale
      let first = max(0, Int((center - reach + 0.5).rounded(.down)))
      let end = min(source, Int((center + reach + 0.5).rounded(.down)))
      let weights = (first..<max(end, first + 1)).map {
        max(0, 1 - abs(Double($0) + 0.5 - center) / reach)
      }
      let sum = weights.reduce(0, +)
      return (first, weights.map { Float($0 / sum) })
    }
  }
}

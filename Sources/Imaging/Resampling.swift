/// How the pixels along one axis of a raster take part in those of another.
///
/// Where a new pixel covers at least one old one it is their average, weighted by the share covered;
/// where it covers less it is interpolated linearly between centres. Outside there is nothing.
struct Axis {
  /// For each new pixel, where its old ones begin.
  private(set) var firsts: [Int] = []
  /// For each new pixel, where its weights begin; one more entry for the end of the last.
  private(set) var starts: [Int] = [0]
  /// Weights of all new pixels; those of one pixel add up to 1.
  private(set) var weights: [Float] = []

  /// - Parameters:
  ///   - count: New pixels.
  ///   - origin: Where the first new pixel begins, in old pixels; may be outside.
  ///   - step: Old pixels per new pixel, above 0.
  ///   - limit: Old pixels there are; with a fraction where the last one stands for less.
  init(count: Int, origin: Double, step: Double, limit: Double) {
    precondition(count >= 0 && step > 0 && limit > 0, "axes have pixels and go forward")
    for index in 0..<count {
      let low = origin + Double(index) * step
      let high = low + step
      let centre = (low + high) / 2
      if centre < 0 || centre >= limit {
        firsts.append(0)
      } else if step >= 1 {
        average(from: max(low, 0), to: min(high, limit))
      } else {
        interpolate(at: centre - 0.5, limit: Int(limit.rounded(.up)))
      }
      starts.append(weights.count)
    }
  }

  private mutating func average(from low: Double, to high: Double) {
    let first = Int(low)
    let last = max(first, Int(high.rounded(.up)) - 1)
    firsts.append(first)
    for pixel in first...last {
      let share = min(high, Double(pixel + 1)) - max(low, Double(pixel))
      weights.append(Float(share / (high - low)))
    }
  }

  private mutating func interpolate(at place: Double, limit: Int) {
    let place = min(max(place, 0), Double(limit - 1))
    let first = min(Int(place), max(limit - 2, 0))
    let share = Float(place - Double(first))
    firsts.append(first)
    weights += limit > 1 ? [1 - share, share] : [1]
  }

  var count: Int { firsts.count }

  /// Whether the new pixel lies outside the old ones.
  func isOutside(_ index: Int) -> Bool { starts[index] == starts[index + 1] }

  /// All old pixels that any new one needs.
  var needed: Range<Int> {
    let inside = (0..<count).filter { !isOutside($0) }
    guard let first = inside.first, let last = inside.last else { return 0..<0 }
    return firsts[first]..<firsts[last] + starts[last + 1] - starts[last]
  }
}

extension GreyImage {
  /// The image on another raster, `[vertical.count, horizontal.count]`, `outside` around it.
  func resampled(_ horizontal: Axis, _ vertical: Axis, outside: Float) -> [Float] {
    values.withUnsafeBufferPointer {
      resample($0, columns: columns, horizontal, vertical, outside: outside) { $0 }
    }
  }
}

/// Samples in rows of `columns` on another raster, each as the `value` it stands for.
///
/// Every old sample that is needed is read once: first rows are made narrower, then fewer.
@inline(__always)
func resample<Sample>(
  _ source: UnsafeBufferPointer<Sample>, columns: Int, _ horizontal: Axis, _ vertical: Axis,
  outside: Float, value: (Sample) -> Float
) -> [Float] {
  let width = horizontal.count
  let band = vertical.needed
  var narrowed = [Float](repeating: 0, count: band.count * width)
  var result = [Float](repeating: outside, count: vertical.count * width)
  // Every place below lies in an axis of the source, so bounds need no check per pixel.
  narrowed.withUnsafeMutableBufferPointer { narrow in
    for (line, row) in band.enumerated() {
      for column in 0..<width {
        var sum: Float = 0
        var place = row * columns + horizontal.firsts[column]
        for index in horizontal.starts[column]..<horizontal.starts[column + 1] {
          sum += horizontal.weights[index] * value(source[place])
          place += 1
        }
        narrow[line * width + column] = sum
      }
    }
  }
  narrowed.withUnsafeBufferPointer { narrow in
    result.withUnsafeMutableBufferPointer { result in
      for row in 0..<vertical.count where !vertical.isOutside(row) {
        let top = (vertical.firsts[row] - band.lowerBound) * width
        for column in 0..<width where !horizontal.isOutside(column) {
          var sum: Float = 0
          var place = top + column
          for index in vertical.starts[row]..<vertical.starts[row + 1] {
            sum += vertical.weights[index] * narrow[place]
            place += width
          }
          result[row * width + column] = sum
        }
      }
    }
  }
  return result
}

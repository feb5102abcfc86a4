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

  /// The new pixels that lie inside the old ones: they follow one another.
  var inside: Range<Int> {
    guard let first = (0..<count).first(where: { !isOutside($0) }),
      let last = (0..<count).last(where: { !isOutside($0) })
    else { return 0..<0 }
    return first..<last + 1
  }

  /// Most old pixels that one new pixel needs.
  var reach: Int { zip(starts.dropFirst(), starts).map { $0 - $1 }.max() ?? 0 }
}

extension GreyImage {
  /// The image on another raster, `[vertical.count, horizontal.count]`, `outside` around it.
  func resampled(_ horizontal: Axis, _ vertical: Axis, outside: Float) -> [Float] {
    GreySamples.floats(values).resampled(
      columns: columns, horizontal, vertical, outside: outside)
  }
}

/// Hands over samples in rows of `columns` on another raster, each as the `value` it stands for,
/// row by row from the top.
///
/// `body` gets each new row that lies inside the old ones, with the values of the new columns that
/// do. Every old sample that is needed is read once: rows are made narrower, then fewer. No more of
/// them are kept than one new row needs, because fresh memory for all costs more than the sums.
@inline(__always)
func resample<Sample>(
  _ source: UnsafeBufferPointer<Sample>, columns: Int, _ horizontal: Axis, _ vertical: Axis,
  value: (Sample) -> Float, row body: (Int, UnsafeBufferPointer<Float>) -> Void
) {
  let (inside, reach) = (horizontal.inside, vertical.reach)
  let width = inside.count
  guard width > 0, reach > 0 else { return }
  // Every place below lies in an axis of the source, so bounds need no check per pixel.
  withUnsafeTemporaryAllocation(of: Float.self, capacity: (reach + 1) * width) { room in
    room.initialize(repeating: 0)
    guard let kept = room.baseAddress else { return }
    let sums = kept + reach * width
    var narrowed = vertical.firsts[vertical.inside.lowerBound]
    for row in vertical.inside {
      let (first, weights) = (vertical.firsts[row], vertical.starts[row]..<vertical.starts[row + 1])
      while narrowed < first + weights.count {
        narrow(
          source, from: narrowed * columns, horizontal, inside,
          into: kept + narrowed % reach * width, value: value)
        narrowed += 1
      }
      sums.update(repeating: 0, count: width)
      for (line, index) in weights.enumerated() {
        let (weight, old) = (vertical.weights[index], kept + (first + line) % reach * width)
        for column in 0..<width { sums[column] += weight * old[column] }
      }
      body(row, UnsafeBufferPointer(start: sums, count: width))
    }
  }
}

/// One old row with as many pixels as the new raster has inside it.
@inline(__always)
private func narrow<Sample>(
  _ source: UnsafeBufferPointer<Sample>, from start: Int, _ axis: Axis, _ inside: Range<Int>,
  into row: UnsafeMutablePointer<Float>, value: (Sample) -> Float
) {
  axis.firsts.withUnsafeBufferPointer { firsts in
    axis.starts.withUnsafeBufferPointer { starts in
      axis.weights.withUnsafeBufferPointer { weights in
        for column in inside {
          var sum: Float = 0
          var place = start + firsts[column]
          for index in starts[column]..<starts[column + 1] {
            sum += weights[index] * value(source[place])
            place += 1
          }
          row[column - inside.lowerBound] = sum
        }
      }
    }
  }
}

/// The values of an image in as little room as keeps every one of them exactly.
///
/// Most devices count in whole numbers of 16 bits: two bytes then say what a Float says in four.
enum GreySamples: Sendable {
  /// Whole numbers, counted from the smallest.
  case words([UInt16], from: Float)
  case floats([Float])

  init(_ values: [Float]) {
    var (low, high) = (Float.infinity, -Float.infinity)
    var areWhole = true
    for value in values {
      low = min(low, value)
      high = max(high, value)
      // Not for what is no number either.
      areWhole = areWhole && value.rounded(.towardZero) == value
    }
    // Above 2²⁴ a Float no longer tells whole numbers apart, and sums of them would be rounded.
    guard areWhole, high - low <= Float(UInt16.max), max(abs(low), abs(high)) <= 0x1p24 else {
      self = .floats(values)
      return
    }
    self = .words(values.map { UInt16($0 - low) }, from: low)
  }

  subscript(index: Int) -> Float {
    switch self {
    case .words(let words, let low): low + Float(words[index])
    case .floats(let values): values[index]
    }
  }

  /// What it takes in memory.
  var bytes: Int {
    switch self {
    case .words(let words, _): words.count * MemoryLayout<UInt16>.stride
    case .floats(let values): values.count * MemoryLayout<Float>.stride
    }
  }

  /// The values on another raster, `[vertical.count, horizontal.count]`, `outside` around them.
  func resampled(columns: Int, _ horizontal: Axis, _ vertical: Axis, outside: Float) -> [Float] {
    let (width, first) = (horizontal.count, horizontal.inside.lowerBound)
    var result = [Float](repeating: outside, count: vertical.count * width)
    eachRow(columns: columns, horizontal, vertical) { row, values in
      let place = row * width + first
      result.replaceSubrange(place..<place + values.count, with: values)
    }
    return result
  }

  /// Each row on another raster that lies inside the image, from the top: its number, and the values
  /// of the columns that do.
  func eachRow(
    columns: Int, _ horizontal: Axis, _ vertical: Axis,
    _ body: (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    switch self {
    case .words(let words, let low):
      words.withUnsafeBufferPointer {
        resample($0, columns: columns, horizontal, vertical, value: { low + Float($0) }, row: body)
      }
    case .floats(let values):
      values.withUnsafeBufferPointer {
        resample($0, columns: columns, horizontal, vertical, value: { $0 }, row: body)
      }
    }
  }
}

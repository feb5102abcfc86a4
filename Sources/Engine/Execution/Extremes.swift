extension UnsafeBufferPointer<Float> {
  /// The lowest and the highest number, 0 counted, sixteen at a time; both NaN where one number is
  /// NaN or infinite.
  var extremes: (low: Float, high: Float) {
    var low = SIMD16<Float>(repeating: 0)
    var high = low
    // Stays 0 unless a number is none.
    var flaw = low
    let bytes = UnsafeRawBufferPointer(self)
    let whole = count / 16 * 16
    for start in stride(from: 0, to: whole, by: 16) {
      let values = bytes.loadUnaligned(fromByteOffset: start * 4, as: SIMD16<Float>.self)
      low = pointwiseMin(low, values)
      high = pointwiseMax(high, values)
      flaw += values - values
    }
    var ends = (low: low.min(), high: high.max())
    var rest = flaw.sum()
    for value in self[whole...] {
      ends = (Swift.min(ends.low, value), Swift.max(ends.high, value))
      rest += value - value
    }
    return (ends.low + rest, ends.high + rest)
  }
}

/// Work on bytes, as plain loops over whole numbers; the kernels give the same bits.
extension Reference {
  /// The bytes of one map, `[channels, height, width]`.
  struct ByteMap: Equatable {
    let shape: Network.Shape
    let scale: ByteScale
    var values: [UInt8]
  }

  /// A map that is added: one of its steps is worth so many of the result's.
  struct ByteTerm {
    let map: ByteMap
    let worth: Float
  }

  /// `sum · scale + shift` by output channel, plus the other term; padding is the input's zero.
  static func byteConvolution(
    _ x: ByteMap, weight: [Int8], scale: [Float], shift: [Float], adding other: ByteTerm?,
    _ window: Window, into shape: Network.Shape
  ) -> [Float] {
    let taps = window.height * window.width
    var sums = [Int](repeating: 0, count: shape.count)
    for output in 0..<shape.channels {
      for input in 0..<x.shape.channels {
        let weights = weight[(output * x.shape.channels + input) * taps..<weight.count].prefix(taps)
        // Inside, a byte counts from the zero; what padding adds is added for every tap below.
        window.forEach(x.shape, shape) { cell, pixel, tap in
          let byte = x.values[(input * x.shape.height + pixel.row) * x.shape.width + pixel.column]
          sums[(output * shape.height + cell.row) * shape.width + cell.column] +=
            (Int(byte) - Int(x.scale.zero)) * Int(weights[weights.startIndex + tap])
        }
        let padding = Int(x.scale.zero) * weights.reduce(0) { $0 + Int($1) }
        for cell in 0..<shape.cells { sums[output * shape.cells + cell] += padding }
      }
    }
    return sums.enumerated().map { index, sum in
      let channel = index / shape.cells
      let value = Float(sum) * scale[channel] + shift[channel]
      guard let other else { return value }
      return value + Float(other.map.values[index]) * other.worth
    }
  }

  /// The nearest byte, at least `low`; the even one of two.
  static func byte(_ value: Float, low: UInt8 = 0) -> UInt8 {
    UInt8(min(max(value, Float(low)), 255).rounded(.toNearestOrEven))
  }

  /// The nearest number that a byte can stand for.
  static func nearest(_ map: Map, _ scale: ByteScale) -> Map {
    let step = Double(scale.step)
    return Map(
      map.shape,
      map.values.map { value in
        let byte = (value / step + Double(scale.zero)).rounded(.toNearestOrEven)
        return (min(max(byte, 0), 255) - Double(scale.zero)) * step
      })
  }
}

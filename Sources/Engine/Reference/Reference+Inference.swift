import Foundation

/// What only inference knows: no gradients.
extension Reference {
  /// Each group of outputs sees its group of inputs; weight `[outputs, inputs / groups, taps]`.
  static func groupedConvolution(
    _ x: Map, weight: [Double], bias: [Double]?, groups: Int, _ window: Window,
    into shape: Network.Shape
  ) -> Map {
    let inputs = Network.Shape(
      channels: x.shape.channels / groups, height: x.shape.height, width: x.shape.width)
    let outputs = Network.Shape(
      channels: shape.channels / groups, height: shape.height, width: shape.width)
    let weights = weight.count / groups
    return Map(
      shape,
      (0..<groups).flatMap { group in
        convolution(
          Map(inputs, Array(x.values[group * inputs.count..<(group + 1) * inputs.count])),
          weight: Array(weight[group * weights..<(group + 1) * weights]),
          bias: bias.map { Array($0[group * outputs.channels..<(group + 1) * outputs.channels]) },
          window, into: outputs
        ).values
      })
  }

  /// `output[o, y·stride+ky−padding, …] = bias[o] + Σ weight[i,o,tap] · input[i,y,x]`.
  static func transposedConvolution(
    _ x: Map, weight: [Double], bias: [Double]?, _ window: Window, into shape: Network.Shape
  ) -> Map {
    var y = Map(zeros: shape)
    let taps = window.height * window.width
    for output in 0..<shape.channels {
      for cell in 0..<shape.cells { y.values[output * shape.cells + cell] = bias?[output] ?? 0 }
      for input in 0..<x.shape.channels {
        let first = (input * shape.channels + output) * taps
        // The window that the convolution of the other direction would slide over the output.
        window.forEach(shape, x.shape) { cell, pixel, tap in
          y[output, pixel.row, pixel.column] +=
            weight[first + tap] * x[input, cell.row, cell.column]
        }
      }
    }
    return y
  }

  static func activation(_ x: Map, _ activation: Network.Activation) -> Map {
    func hard(_ value: Double, _ slope: Double, _ offset: Double) -> Double {
      min(max(value * slope + offset, 0), 1)
    }
    return Map(
      x.shape,
      x.values.map { value in
        switch activation {
        case .sigmoid: 1 / (1 + exp(-value))
        case .hardSigmoid(let slope, let offset): hard(value, Double(slope), Double(offset))
        case .hardSwish: value * hard(value, 1.0 / 6, 0.5)
        case .swish: value / (1 + exp(-value))
        case .clip(let low, let high): min(max(value, Double(low)), Double(high))
        case .leakyRelu(let slope): value > 0 ? value : value * Double(slope)
        }
      })
  }

  /// The second map has the first's shape, or one number for each channel.
  static func product(_ a: Map, _ b: Map) -> Map {
    Map(
      a.shape,
      a.values.enumerated().map { index, value in
        value * (a.shape == b.shape ? b.values[index] : b.values[index / a.shape.cells])
      })
  }

  static func concatenation(_ maps: [Map], into shape: Network.Shape) -> Map {
    Map(shape, maps.flatMap(\.values))
  }

  static func softmax(_ x: Map) -> Map {
    var y = x
    let cells = x.shape.cells
    for cell in 0..<cells {
      let places = stride(from: cell, to: x.shape.count, by: cells)
      let largest = places.reduce(-Double.infinity) { max($0, x.values[$1]) }
      let sum = places.reduce(0) { $0 + exp(x.values[$1] - largest) }
      for place in places { y.values[place] = exp(x.values[place] - largest) / sum }
    }
    return y
  }

  static func upsampleBilinear(
    _ x: Map, factor: Int, alignsCorners: Bool, into shape: Network.Shape
  ) -> Map {
    /// The two pixels beside a place of the enlarged line, and the share of the second.
    func neighbours(_ place: Int, _ length: Int) -> (Int, Int, Double) {
      let exact =
        alignsCorners
        ? Double(place) * Double(length - 1) / Double(max(length * factor - 1, 1))
        : max((Double(place) + 0.5) / Double(factor) - 0.5, 0)
      let first = min(Int(exact), length - 1)
      return (first, min(first + 1, length - 1), exact - Double(first))
    }
    var y = Map(zeros: shape)
    for channel in 0..<shape.channels {
      for row in 0..<shape.height {
        let (top, bottom, down) = neighbours(row, x.shape.height)
        for column in 0..<shape.width {
          let (left, right, across) = neighbours(column, x.shape.width)
          let above = x[channel, top, left] * (1 - across) + x[channel, top, right] * across
          let below = x[channel, bottom, left] * (1 - across) + x[channel, bottom, right] * across
          y[channel, row, column] = above * (1 - down) + below * down
        }
      }
    }
    return y
  }
}

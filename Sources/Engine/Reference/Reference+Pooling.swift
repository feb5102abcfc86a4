extension Reference {
  static func maxPool(_ x: Map, _ window: Window, into shape: Network.Shape) -> Map {
    var y = Map(shape, [Double](repeating: -.infinity, count: shape.count))
    for channel in 0..<shape.channels {
      window.forEach(x.shape, shape) { cell, pixel, _ in
        y[channel, cell.row, cell.column] = max(
          y[channel, cell.row, cell.column], x[channel, pixel.row, pixel.column])
      }
    }
    return y
  }

  /// The first of equal largest pixels gets the gradient.
  static func maxPoolGradient(_ x: Map, _ y: Map, _ window: Window, slope: Map) -> Map {
    var dx = Map(zeros: x.shape)
    for channel in 0..<x.shape.channels {
      var taken: Set<Int> = []
      window.forEach(x.shape, y.shape) { cell, pixel, _ in
        if x[channel, pixel.row, pixel.column] == y[channel, cell.row, cell.column],
          taken.insert(cell.row * y.shape.width + cell.column).inserted
        {
          dx[channel, pixel.row, pixel.column] += slope[channel, cell.row, cell.column]
        }
      }
    }
    return dx
  }

  static func averagePool(_ x: Map, _ window: Window, into shape: Network.Shape) -> Map {
    var y = Map(zeros: shape)
    let counts = pixels(x.shape, window, shape)
    for channel in 0..<shape.channels {
      window.forEach(x.shape, shape) { cell, pixel, _ in
        y[channel, cell.row, cell.column] +=
          x[channel, pixel.row, pixel.column] / counts[cell.row * shape.width + cell.column]
      }
    }
    return y
  }

  static func averagePoolGradient(_ input: Network.Shape, _ window: Window, slope: Map) -> Map {
    var dx = Map(zeros: input)
    let counts = pixels(input, window, slope.shape)
    for channel in 0..<input.channels {
      window.forEach(input, slope.shape) { cell, pixel, _ in
        dx[channel, pixel.row, pixel.column] +=
          slope[channel, cell.row, cell.column] / counts[cell.row * slope.shape.width + cell.column]
      }
    }
    return dx
  }

  /// How many pixels of each cell's window are inside the map.
  private static func pixels(
    _ input: Network.Shape, _ window: Window, _ output: Network.Shape
  ) -> [Double] {
    var counts = [Double](repeating: 0, count: output.cells)
    window.forEach(input, output) { cell, _, _ in counts[cell.row * output.width + cell.column] += 1
    }
    return counts
  }

  static func upsample(_ x: Map, factor: Int, into shape: Network.Shape) -> Map {
    var y = Map(zeros: shape)
    for channel in 0..<shape.channels {
      for row in 0..<shape.height {
        for column in 0..<shape.width {
          y[channel, row, column] = x[channel, row / factor, column / factor]
        }
      }
    }
    return y
  }

  static func upsampleGradient(_ input: Network.Shape, factor: Int, slope: Map) -> Map {
    var dx = Map(zeros: input)
    for channel in 0..<slope.shape.channels {
      for row in 0..<slope.shape.height {
        for column in 0..<slope.shape.width {
          dx[channel, row / factor, column / factor] += slope[channel, row, column]
        }
      }
    }
    return dx
  }
}

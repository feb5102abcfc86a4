extension Reference {
  /// `output[o] = bias[o] + Σ weight[o,i,tap] · input[i, pixel]`; weight `[outputs, inputs, taps]`.
  static func convolution(
    _ x: Map, weight: [Double], bias: [Double]?, _ window: Window, into shape: Network.Shape
  ) -> Map {
    var y = Map(zeros: shape)
    let taps = window.height * window.width
    for output in 0..<shape.channels {
      for cell in 0..<shape.cells { y.values[output * shape.cells + cell] = bias?[output] ?? 0 }
      for input in 0..<x.shape.channels {
        let first = (output * x.shape.channels + input) * taps
        window.forEach(x.shape, shape) { cell, pixel, tap in
          y[output, cell.row, cell.column] +=
            weight[first + tap] * x[input, pixel.row, pixel.column]
        }
      }
    }
    return y
  }

  static func convolutionGradients(
    _ x: Map, weight: [Double], _ window: Window, slope: Map
  ) -> (input: Map, weight: [Double], bias: [Double]) {
    var dx = Map(zeros: x.shape)
    var dweight = [Double](repeating: 0, count: weight.count)
    var dbias = [Double](repeating: 0, count: slope.shape.channels)
    let taps = window.height * window.width
    for output in 0..<slope.shape.channels {
      let cells = output * slope.shape.cells..<(output + 1) * slope.shape.cells
      dbias[output] = slope.values[cells].reduce(0, +)
      for input in 0..<x.shape.channels {
        let first = (output * x.shape.channels + input) * taps
        window.forEach(x.shape, slope.shape) { cell, pixel, tap in
          let dy = slope[output, cell.row, cell.column]
          dweight[first + tap] += dy * x[input, pixel.row, pixel.column]
          dx[input, pixel.row, pixel.column] += dy * weight[first + tap]
        }
      }
    }
    return (dx, dweight, dbias)
  }
}

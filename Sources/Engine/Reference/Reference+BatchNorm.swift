extension Reference {
  /// `y = (x − mean) / √(variance + epsilon) · weight + bias` by channel, as inference has it.
  static func batchNorm(
    _ x: Map, epsilon: Float, weight: [Double], bias: [Double], mean: [Double], variance: [Double]
  ) -> Map {
    var y = x
    for index in y.values.indices {
      let channel = index / x.shape.cells
      let deviation = (variance[channel] + Double(epsilon)).squareRoot()
      y.values[index] =
        (x.values[index] - mean[channel]) / deviation * weight[channel] + bias[channel]
    }
    return y
  }

  /// The same with mean and variance of the batch, as learning has it.
  static func batchNorm(
    _ x: [Map], epsilon: Float, weight: [Double], bias: [Double]
  ) -> [Map] {
    let moments = moments(x)
    return x.map {
      batchNorm(
        $0, epsilon: epsilon, weight: weight, bias: bias, mean: moments.means,
        variance: moments.variances)
    }
  }

  static func batchNormGradients(
    _ x: [Map], epsilon: Float, weight: [Double], slopes: [Map]
  ) -> (inputs: [Map], weight: [Double], bias: [Double]) {
    let shape = x[0].shape
    let moments = moments(x)
    let inverses = moments.variances.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    func normalised(_ image: Int, _ index: Int) -> Double {
      let channel = index / shape.cells
      return (x[image].values[index] - moments.means[channel]) * inverses[channel]
    }
    var dweight = [Double](repeating: 0, count: shape.channels)
    var dbias = dweight
    for image in x.indices {
      for index in 0..<shape.count {
        dweight[index / shape.cells] += slopes[image].values[index] * normalised(image, index)
        dbias[index / shape.cells] += slopes[image].values[index]
      }
    }
    let count = Double(x.count * shape.cells)
    let inputs = x.indices.map { image in
      Map(
        shape,
        (0..<shape.count).map { index in
          let channel = index / shape.cells
          let rest = dbias[channel] + normalised(image, index) * dweight[channel]
          return weight[channel] * inverses[channel]
            * (slopes[image].values[index] - rest / count)
        })
    }
    return (inputs, dweight, dbias)
  }

  /// Mean and variance of each channel over all images.
  static func moments(_ x: [Map]) -> (means: [Double], variances: [Double]) {
    let shape = x[0].shape
    let count = Double(x.count * shape.cells)
    var means = [Double](repeating: 0, count: shape.channels)
    var variances = means
    for index in 0..<shape.count {
      for map in x { means[index / shape.cells] += map.values[index] / count }
    }
    for index in 0..<shape.count {
      for map in x {
        let difference = map.values[index] - means[index / shape.cells]
        variances[index / shape.cells] += difference * difference / count
      }
    }
    return (means, variances)
  }
}

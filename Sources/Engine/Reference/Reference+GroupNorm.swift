extension Reference {
  /// `y = (x − mean) / √(variance + epsilon) · weight + bias`, mean and variance by group.
  static func groupNorm(_ x: Map, groups: Int, weight: [Double], bias: [Double]) -> Map {
    var y = x
    for group in normalised(x, groups: groups) {
      for (index, value) in zip(group.indices, group.values) {
        let channel = index / x.shape.cells
        y.values[index] = value * weight[channel] + bias[channel]
      }
    }
    return y
  }

  static func groupNormGradients(
    _ x: Map, groups: Int, weight: [Double], slope: Map
  ) -> (input: Map, weight: [Double], bias: [Double]) {
    var dx = Map(zeros: x.shape)
    var dweight = [Double](repeating: 0, count: weight.count)
    var dbias = dweight
    for group in normalised(x, groups: groups) {
      let count = Double(group.values.count)
      var mean = 0.0
      var product = 0.0
      for (index, value) in zip(group.indices, group.values) {
        let channel = index / x.shape.cells
        dweight[channel] += slope.values[index] * value
        dbias[channel] += slope.values[index]
        mean += slope.values[index] * weight[channel] / count
        product += slope.values[index] * weight[channel] * value / count
      }
      for (index, value) in zip(group.indices, group.values) {
        let channel = index / x.shape.cells
        dx.values[index] =
          group.inverse * (slope.values[index] * weight[channel] - mean - value * product)
      }
    }
    return (dx, dweight, dbias)
  }

  private static func normalised(
    _ x: Map, groups: Int
  ) -> [(indices: Range<Int>, values: [Double], inverse: Double)] {
    let size = x.shape.count / groups
    return (0..<groups).map { group in
      let indices = group * size..<(group + 1) * size
      let mean = x.values[indices].reduce(0, +) / Double(size)
      let variance = x.values[indices].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      let inverse = 1 / (variance + Double(Kernels.Norm.epsilon)).squareRoot()
      return (indices, x.values[indices].map { ($0 - mean) * inverse }, inverse)
    }
  }
}

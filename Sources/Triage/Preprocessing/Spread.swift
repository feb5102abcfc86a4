/// Where points lie and how they spread, as a normal distribution sees it.
struct Spread: Sendable {
  let mean: [Double]
  /// Cholesky factor of the covariance, lower triangle row by row.
  let factor: [Double]

  init(mean: [Double], factor: [Double]) {
    self.mean = mean
    self.factor = factor
  }

  /// The spread of some points, with a little of it in every direction, so that directions the
  /// points do not use are no walls.
  init(of sums: FigureSums) {
    let moments = sums.moments
    // The covariance, factored in place: row by row, entry (i, j) at i (i + 1) / 2 + j.
    var factor = moments.covariance
    mean = moments.mean
    let size = mean.count
    for row in 0..<size {
      let start = row * (row + 1) / 2
      factor[start + row] += Self.ridge
      for column in 0...row {
        let other = column * (column + 1) / 2
        for index in 0..<column {
          factor[start + column] -= factor[start + index] * factor[other + index]
        }
        factor[start + column] =
          row == column
          ? factor[start + column].squareRoot() : factor[start + column] / factor[other + column]
      }
    }
    self.factor = factor
  }

  /// Variance added in every direction.
  private static let ridge = 0.02

  /// Squared distance from the mean, in deviations.
  func distance(to point: [Double]) -> Double {
    var solved: [Double] = []
    solved.reserveCapacity(mean.count)
    var distance = 0.0
    for row in mean.indices {
      let start = row * (row + 1) / 2
      var value = point[row] - mean[row]
      for column in 0..<row { value -= factor[start + column] * solved[column] }
      value /= factor[start + row]
      solved.append(value)
      distance += value * value
    }
    return distance
  }
}

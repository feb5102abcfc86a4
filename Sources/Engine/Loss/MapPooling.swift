import Foundation

/// How a map of evidence becomes one number for the image.
public enum MapPooling: Sendable, Codable, Hashable {
  /// `log(mean(exp(r·x))) / r`: near the mean for a small sharpness `r`, near the largest cell for
  /// a great one. Source: Pinheiro and Collobert 2015, `arXiv:1411.6228`.
  case logSumExp(sharpness: Float)
  /// The mean of the `count` largest cells (of all, where there are fewer); ties go to the earlier.
  case topMean(count: Int)

  /// One number for each image.
  ///
  /// - Parameters:
  ///   - map: cells of all images one after another, `[images, cells]`.
  ///   - images: how many images there are.
  ///   - included: which cells count, as many as `map`; all where nil.
  /// - Returns: the pooled values, 0 for an image without any cell that counts.
  public func callAsFunction(_ map: [Float], images: Int, included: [Bool]? = nil) -> [Float] {
    pool(map, images: images, included: included).map(\.value)
  }

  /// What each cell gets of a gradient with respect to the pooled numbers; shaped as the map.
  public func gradient(
    _ map: [Float], images: Int, included: [Bool]? = nil, pooled upstream: [Float]
  ) -> [Float] {
    precondition(upstream.count == images, "one upstream gradient for each image")
    return zip(pool(map, images: images, included: included), upstream).flatMap { pooled, slope in
      pooled.shares.map { Float($0 * Double(slope)) }
    }
  }

  /// For each image the pooled value, and how much each cell takes part in it (sums to 1).
  private func pool(
    _ map: [Float], images: Int, included: [Bool]?
  ) -> [(value: Float, shares: [Double])] {
    precondition(images > 0 && map.count % images == 0, "the map holds whole images")
    precondition(included.map { $0.count == map.count } ?? true, "one flag for each cell")
    let cells = map.count / images
    return (0..<images).map { image in
      let range = image * cells..<(image + 1) * cells
      let counting = range.filter { included?[$0] ?? true }
      var shares = [Double](repeating: 0, count: cells)
      guard !counting.isEmpty else { return (0, shares) }
      let values = counting.map { Double(map[$0]) }
      let (value, parts) = pool(values)
      for (position, part) in zip(counting, parts) { shares[position - range.lowerBound] = part }
      return (Float(value), shares)
    }
  }

  private func pool(_ values: [Double]) -> (value: Double, shares: [Double]) {
    switch self {
    case .logSumExp(let sharpness):
      precondition(sharpness > 0 && sharpness.isFinite, "the sharpness is above 0")
      let sharpness = Double(sharpness)
      let peak = values.max() ?? 0
      let powers = values.map { exp(sharpness * ($0 - peak)) }
      let sum = powers.reduce(0, +)
      return (
        peak + log(sum / Double(values.count)) / sharpness,
        powers.map { $0 / sum }
      )
    case .topMean(let count):
      precondition(count > 0, "the top has at least one cell")
      let top = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }.prefix(count)
      let share = 1 / Double(top.count)
      var shares = [Double](repeating: 0, count: values.count)
      for index in top { shares[index] = share }
      return (top.reduce(0) { $0 + values[$1] } * share, shares)
    }
  }
}

/// Distance of numbers from their targets, round at the bottom and straight outside.
///
/// `loss = d² / 2β` for differences `|d| < β`, else `|d| − β / 2`: one odd target pulls no harder
/// than any other. Source: Girshick 2015, `arXiv:1504.08083`, equation 3, there with β = 1.
public struct SmoothL1: Sendable, Hashable {
  /// Where the curve becomes straight, in the unit of the numbers.
  public let beta: Float

  public init(beta: Float = 1) {
    precondition(beta > 0 && beta.isFinite, "beta is above 0")
    self.beta = beta
  }

  /// Measures predictions against their targets.
  ///
  /// - Parameters:
  ///   - predictions: any finite numbers.
  ///   - targets: as many.
  ///   - weights: 0 or more, as many; all 1 where nil.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)``, ``EngineError/notFinite(what:)``,
  ///   ``EngineError/invalidOption(name:problem:)`` for a weight below 0.
  /// - Returns: the weighted mean, and its gradient with respect to each prediction; 0 without any
  ///   weight.
  public func callAsFunction(
    _ predictions: [Float], targets: [Float], weights: [Float]? = nil
  ) throws(EngineError) -> (value: Float, gradient: [Float]) {
    let weights = weights ?? [Float](repeating: 1, count: predictions.count)
    try predictions.check("predictions", count: predictions.count)
    try targets.check("targets", count: predictions.count)
    try weights.check("weights", count: predictions.count, in: 0...Float.greatestFiniteMagnitude)
    let beta = Double(beta)
    var mean = WeightedMean(weights)
    let gradient = predictions.indices.map { index in
      let difference = Double(predictions[index]) - Double(targets[index])
      let isNear = abs(difference) < beta
      let loss = isNear ? difference * difference / (2 * beta) : abs(difference) - beta / 2
      let slope = isNear ? difference / beta : difference < 0 ? -1 : 1
      return Float(mean.add(index, loss) * slope)
    }
    return (Float(mean.value), gradient)
  }
}

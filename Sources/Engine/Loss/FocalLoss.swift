/// Focal loss of logits: cross entropy in which what is easy already counts little.
///
/// `loss = −α · (1 − p)^γ · log p` for a positive and `−(1 − α) · p^γ · log(1 − p)` for a negative,
/// `p` the logistic function of the logit. A target in between mixes the two, as for a cell that a
/// box covers by half. Computed from logits in double precision: no logit overflows.
/// Source: Lin et al. 2017, `arXiv:1708.02002`, equation 5.
public struct FocalLoss: Sendable, Hashable {
  /// Share of the positives, above 0 and below 1; 0.5 halves plain cross entropy.
  public let alpha: Float
  /// How strongly easy examples are discounted, 0 for none.
  public let gamma: Float

  public init(alpha: Float = 0.25, gamma: Float = 2) {
    precondition(alpha > 0 && alpha < 1, "alpha is above 0 and below 1")
    precondition(gamma >= 0 && gamma.isFinite, "gamma is zero or more")
    self.alpha = alpha
    self.gamma = gamma
  }

  /// Measures the logits against their targets.
  ///
  /// - Parameters:
  ///   - logits: evidence, any finite numbers.
  ///   - targets: 0 to 1, as many.
  ///   - weights: 0 or more, as many; all 1 where nil.
  ///   - total: what to divide by, the paper's count of positives; the sum of weights where nil.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)``, ``EngineError/notFinite(what:)``,
  ///   ``EngineError/invalidOption(name:problem:)`` for a target, weight or total out of its range.
  /// - Returns: the value, and its gradient with respect to each logit; 0 without any weight.
  public func callAsFunction(
    logits: [Float], targets: [Float], weights: [Float]? = nil, total: Float? = nil
  ) throws(EngineError) -> (value: Float, gradient: [Float]) {
    let weights = weights ?? [Float](repeating: 1, count: logits.count)
    try logits.check("logits", count: logits.count)
    try targets.check("targets", count: logits.count, in: 0...1)
    try weights.check("weights", count: logits.count, in: 0...Float.greatestFiniteMagnitude)
    try total.map { [$0] }?.check("total", count: 1, in: 0...Float.greatestFiniteMagnitude)
    let entropy = BinaryCrossEntropy(focus: gamma, positiveWeight: alpha / (1 - alpha))
    let result = entropy(logits: logits, targets: targets, weights: weights, total: total)
    return (result.value * (1 - alpha), result.gradient.map { $0 * (1 - alpha) })
  }
}

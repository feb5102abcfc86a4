import Foundation

/// Weighted binary cross entropy of logits, for studies and for the cells of a map alike.
///
/// `value = Σ wᵢ · lossᵢ / Σ wᵢ`; a weight of 0 means *ignore*, so a batch padded with weight 0
/// has exactly the value and gradient of the smaller batch. With no weight at all, both are 0.
public struct BinaryCrossEntropy: Sendable, Codable, Hashable {
  /// How strongly easy examples are discounted, 0 for none.
  ///
  /// Source: focal loss, Lin et al. 2017, `arXiv:1708.02002`, γ.
  public let focus: Float
  /// Factor on the positive half of every loss.
  public let positiveWeight: Float

  public init(focus: Float = 0, positiveWeight: Float = 1) {
    precondition(focus >= 0 && focus.isFinite, "focus is zero or more")
    precondition(positiveWeight > 0 && positiveWeight.isFinite, "the positive weight is above 0")
    self.focus = focus
    self.positiveWeight = positiveWeight
  }

  /// Measures the logits against their targets.
  ///
  /// - Parameters:
  ///   - logits: evidence, any real number; 0 is even odds.
  ///   - targets: 0 to 1, as many.
  ///   - weights: 0 or more, as many.
  ///   - total: what to divide by; the sum of the weights where nil.
  /// - Returns: the value, and its gradient with respect to each logit.
  public func callAsFunction(
    logits: [Float], targets: [Float], weights: [Float], total: Float? = nil
  ) -> (value: Float, gradient: [Float]) {
    precondition(logits.count == targets.count, "one target for each logit")
    precondition(logits.count == weights.count, "one weight for each logit")
    let divisor = total.map(Double.init) ?? weights.reduce(0) { $0 + Double($1) }
    var gradient = [Float](repeating: 0, count: logits.count)
    guard divisor > 0 else { return (0, gradient) }
    var value = 0.0
    for index in logits.indices where weights[index] != 0 {
      let one = term(logit: Double(logits[index]), target: Double(targets[index]))
      let share = Double(weights[index]) / divisor
      value += share * one.value
      gradient[index] = Float(share * one.slope)
    }
    return (Float(value), gradient)
  }

  /// Loss of one logit and its derivative, without overflow at either end.
  private func term(logit: Double, target: Double) -> (value: Double, slope: Double) {
    let tail = log1p(exp(-abs(logit)))
    // −log p and −log(1−p).
    let missed = max(-logit, 0) + tail
    let raised = max(logit, 0) + tail
    let probability = exp(-missed)
    let complement = exp(-raised)
    let focus = Double(focus)
    let positive = Double(positiveWeight) * target
    let negative = 1 - target
    let easyPositive = focus == 0 ? 1 : pow(complement, focus)
    let easyNegative = focus == 0 ? 1 : pow(probability, focus)
    return (
      positive * easyPositive * missed + negative * easyNegative * raised,
      negative * easyNegative * (probability + focus * complement * raised)
        - positive * easyPositive * (complement + focus * probability * missed)
    )
  }
}

/// What a loss is handed comes from outside: it is looked at before it is used.
extension [Float] {
  /// Refuses anything but so many finite numbers in a range.
  ///
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)``, ``EngineError/notFinite(what:)``,
  ///   ``EngineError/invalidOption(name:problem:)`` for a number out of the range.
  func check(
    _ what: String, count expected: Int, in range: ClosedRange<Float>? = nil
  ) throws(EngineError) {
    guard count == expected else {
      throw .wrongCount(of: what, expected: expected, got: count)
    }
    guard allSatisfy(\.isFinite) else { throw .notFinite(what: what) }
    guard let range, !allSatisfy(range.contains) else { return }
    let end =
      range.upperBound < .greatestFiniteMagnitude ? "to \(range.upperBound)" : "upwards"
    throw .invalidOption(name: what, problem: "they are from \(range.lowerBound) \(end)")
  }
}

/// Adds up weighted losses of single examples: `Σ wᵢ · lossᵢ / Σ wᵢ`, 0 without any weight.
struct WeightedMean {
  private let weights: [Float]
  private let total: Double
  private(set) var value = 0.0

  init(_ weights: [Float]) {
    self.weights = weights
    total = weights.reduce(0) { $0 + Double($1) }
  }

  /// Takes one example's loss in.
  ///
  /// - Returns: the factor for the example's own gradient.
  mutating func add(_ index: Int, _ loss: Double) -> Double {
    guard weights[index] > 0 else { return 0 }
    let share = Double(weights[index]) / total
    value += share * loss
    return share
  }
}

/// Teaches a map of evidence where a lesion is, from the boxes that people drew.
///
/// Cross entropy of each cell at the stride of the map, balanced by a ``BoxMask``; focal where told.
/// The value is a mean over all images: an image without a mask adds nothing, and so a few boxes
/// among many images pull little.
public struct BoxLoss: Sendable, Hashable {
  /// How strongly easy cells are discounted, 0 for none; γ of ``FocalLoss``.
  public let gamma: Float

  public init(gamma: Float = 0) {
    precondition(gamma >= 0 && gamma.isFinite, "gamma is zero or more")
    self.gamma = gamma
  }

  /// Measures the maps against their masks.
  ///
  /// - Parameters:
  ///   - maps: logits, `[images, 1, height, width]`.
  ///   - masks: one for each image, nil where nobody drew boxes; each of `height · width` cells.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)`` for maps that are not as many as the
  ///   masks or a mask of another size, ``EngineError/notFinite(what:)``.
  /// - Returns: the value, and its gradient with respect to each cell.
  public func callAsFunction(
    maps: [Float], masks: [BoxMask?]
  ) throws(EngineError) -> (value: Float, gradient: [Float]) {
    let cells = maps.count / max(masks.count, 1)
    try maps.check("maps", count: cells * masks.count)
    var targets: [Float] = []
    var weights: [Float] = []
    for mask in masks {
      let none = [Float](repeating: 0, count: cells)
      try mask?.targets.check("mask", count: cells)
      targets += mask?.targets ?? none
      weights += mask?.weights ?? none
    }
    return BinaryCrossEntropy(focus: gamma)(
      logits: maps, targets: targets, weights: weights, total: Float(masks.count))
  }
}

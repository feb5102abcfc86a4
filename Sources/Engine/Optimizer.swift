/// How a gradient becomes a step.
///
/// Decay pulls only on weights of convolutions, never on biases and norms.
public enum Optimizer: Sendable, Codable, Hashable {
  /// Adam with decoupled decay. Source: Loshchilov and Hutter 2019, `arXiv:1711.05101`.
  case adamW(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01)
  /// `velocity = momentum · velocity + gradient + weightDecay · weight`, then
  /// `weight -= learningRate · velocity`.
  case sgd(momentum: Float = 0.9, weightDecay: Float = 0)

  /// - Throws: ``EngineError/invalidOption(name:problem:)`` for a rate outside its range.
  func check() throws(EngineError) {
    switch self {
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      guard (0..<1).contains(beta1), (0..<1).contains(beta2), epsilon > 0, epsilon.isFinite,
        decay >= 0, decay.isFinite
      else {
        throw .invalidOption(name: "adamW", problem: "betas in 0..<1, epsilon > 0, decay >= 0")
      }
    case .sgd(let momentum, let decay):
      guard (0..<1).contains(momentum), decay >= 0, decay.isFinite else {
        throw .invalidOption(name: "sgd", problem: "momentum in 0..<1, decay >= 0")
      }
    }
  }

  /// Names of the arrays kept beside each parameter.
  var slots: [String] {
    switch self {
    case .adamW: ["mean", "variance"]
    case .sgd: ["velocity"]
    }
  }
}

extension Optimizer {
  /// `1 − beta^step`, by repeated squaring: the same bits whatever the C library.
  static func correction(_ beta: Float, _ step: Int) -> Float {
    var power = 1.0
    var base = Double(beta)
    var rest = step
    while rest > 0 {
      if rest & 1 == 1 { power *= base }
      base *= base
      rest >>= 1
    }
    return Float(1 - power)
  }
}

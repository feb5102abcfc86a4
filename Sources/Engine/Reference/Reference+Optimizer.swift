import Foundation

extension Reference {
  /// One step of an optimiser on a few weights; `step` counts from 1.
  static func update(
    _ optimizer: Optimizer, step: Int, learningRate: Double, decays: Bool, gradient: [Double],
    weight: inout [Double], slots: inout [[Double]]
  ) {
    for (index, slope) in gradient.enumerated() {
      switch optimizer {
      case .adamW(let beta1, let beta2, let epsilon, let decay):
        let (beta1, beta2) = (Double(beta1), Double(beta2))
        slots[0][index] = beta1 * slots[0][index] + (1 - beta1) * slope
        slots[1][index] = beta2 * slots[1][index] + (1 - beta2) * slope * slope
        let mean = slots[0][index] / (1 - pow(beta1, Double(step)))
        let variance = slots[1][index] / (1 - pow(beta2, Double(step)))
        weight[index] -= learningRate * (decays ? Double(decay) : 0) * weight[index]
        weight[index] -= learningRate * mean / (variance.squareRoot() + Double(epsilon))
      case .sgd(let momentum, let decay):
        slots[0][index] =
          Double(momentum) * slots[0][index] + slope
          + (decays ? Double(decay) : 0) * weight[index]
        weight[index] -= learningRate * slots[0][index]
      }
    }
  }
}

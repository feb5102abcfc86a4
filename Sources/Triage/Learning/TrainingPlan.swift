public import Engine
import Foundation

/// How a network is to learn; the same plan, lessons and seed give the same weights.
public struct TrainingPlan: Codable, Sendable, Hashable {
  /// Passes over the lessons; ignored where a federation counts steps.
  public var epochs = 60
  /// Images in each step.
  public var batch = 16
  public var optimizer: Optimizer = .adamW(weightDecay: 0.05)
  /// Highest learning rate, reached after the warm-up.
  public var learningRate: Float = 4e-3
  /// Share of all steps over which the rate rises; after it, it falls along half a cosine.
  public var warmUp: Float = 0.1
  /// Longest gradient, as Euclidean length.
  public var gradientClip: Float? = 1
  /// How much of the moving mean of the weights each step keeps, 0 for no mean.
  public var averaging: Float = 0.99
  /// In a federation the optimiser of a site remembers its earlier rounds.
  public var keepsOptimizer = true
  /// Pull towards the round's weights, µ of FedProx; only in a federation.
  public var proximity: Float = 0
  /// How far small sites are lifted: weight `(mean lessons / its lessons)^balance`, at most 3.
  public var siteBalance: Double = 0.5
  public var loss = EvidenceLoss()
  public var augmentation = Augmentation()
  public var seed: UInt64 = 1

  public init() {}

  /// Learning rate when this share of all steps is done, 0 to 1.
  func learningRate(after share: Float) -> Float {
    if share < warmUp { return learningRate * share / warmUp }
    let rest = (share - warmUp) / max(1 - warmUp, 1e-6)
    return learningRate * (0.01 + 0.99 * 0.5 * (1 + cos(.pi * min(rest, 1))))
  }

  /// Refuses what no training can be run with.
  ///
  /// - Throws: ``TriageError/engineFailed(_:)`` naming the number.
  func check() throws(TriageError) {
    let rules: [(Bool, String)] = [
      (epochs >= 1, "epochs must be at least 1"), (batch >= 1, "batch must be at least 1"),
      (learningRate > 0 && learningRate.isFinite, "the learning rate must be above 0"),
      ((0..<1).contains(warmUp), "the warm-up must be from 0 to below 1"),
      ((0..<1).contains(averaging), "averaging must be from 0 to below 1"),
      (proximity >= 0 && proximity.isFinite, "proximity must not be negative"),
    ]
    if let broken = rules.first(where: { !$0.0 }) {
      throw .engineFailed("\(broken.1).")
    }
  }
}

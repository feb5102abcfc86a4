import Foundation
public import Triage

/// What a simulated federation reached, beside central and site-only training of equal work.
public struct SimulationReport: Codable, Sendable {
  /// One site in one round.
  public struct Turn: Codable, Sendable {
    /// Examples its update stands for.
    public let examples: Int
    /// Bytes that left the site.
    public let bytes: Int
    /// Euclidean length of the change that left.
    public let norm: Double
    public let loss: Float
    /// AUROC on the site's validation images, where it was measured and both classes are there.
    public var federated: Double?
    public var central: Double?
    public var alone: Double?
  }

  public struct Round: Codable, Sendable {
    public let round: Int
    public var sites: [String: Turn]
    /// AUROC over all validation images together.
    public var pooled: Pooled?
  }

  public struct Pooled: Codable, Sendable {
    public let federated: Double?
    public let central: Double?
  }

  /// On test images no model has seen.
  public struct Test: Codable, Sendable {
    public let federated: Evaluation
    public let central: Evaluation?
    public let alone: [String: Evaluation]
  }

  public let seed: UInt64
  public internal(set) var rounds: [Round]
  public internal(set) var test: Test?
  /// SHA-256 of the model that came out.
  public internal(set) var model: String?
  public internal(set) var seconds: Double
}

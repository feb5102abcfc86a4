import Foundation
public import Triage

/// What a simulated federation reached, beside central and site-only training of equal work.
public struct SimulationReport: Codable, Sendable {
  /// One site in one round.
  public struct Turn: Codable, Sendable {
    /// Examples its update stands for; 0 if it brought none.
    public let examples: Int
    /// Bytes that left the site.
    public let bytes: Int
    /// Euclidean length of the change that left.
    public let norm: Double
    /// Why it brought none.
    public let absence: String?
    /// How it lied; it was honest where nil.
    public internal(set) var lie: Lie?
    /// AUROC on the site's validation images, where it was measured and both classes are there.
    public internal(set) var federated: Double?
    public internal(set) var central: Double?
    public internal(set) var alone: Double?
  }

  public struct Round: Codable, Sendable {
    public let round: Int
    public internal(set) var sites: [String: Turn]
    /// AUROC over all validation images together.
    public internal(set) var pooled: Pooled?
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

  /// How one model was made of the sites', where it was not the usual way.
  public internal(set) var strategy: String?
  /// Who lied, and how.
  public internal(set) var liars: [String: Lie]?
  public let seed: UInt64
  /// Steps a site made in each round.
  public let steps: Int
  /// Images a site took in each step.
  public let batches: [String: Int]
  public internal(set) var rounds: [Round] = []
  public internal(set) var test: Test?
  /// SHA-256 of the common model.
  public internal(set) var model: String?
  public internal(set) var seconds = 0.0

  init(seed: UInt64, steps: Int, batches: [String: Int]) {
    self.seed = seed
    self.steps = steps
    self.batches = batches
  }
}

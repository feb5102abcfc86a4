import Engine
import Foundation

@testable import Triage

/// Small models for the tests.
enum Models {
  static let preprocessing = Preprocessing(side: 64)

  static func network() throws -> Network {
    try Network.chest(side: 64, widths: [16, 16, 32], blocks: [0, 0, 1])
  }

  static func card(isSynthetic: Bool = false) -> Card {
    Card(
      name: "test 1", intendedUse: "Tests.", modalities: ["CR", "DX"], bodyParts: ["CHEST"],
      views: ["PA", "AP"], ages: Card.Ages(from: 1, to: 100), limits: ["Knows discs only."],
      trainingData: ["a: generated pictures"], isSynthetic: isSynthetic, terms: "None.")
  }

  static func lineage() -> Lineage {
    Lineage(
      sites: ["a"], lessons: 3, recipe: "By hand.", made: Date(timeIntervalSince1970: 1_000_000))
  }

  /// A model with fresh weights, not trained at all.
  static func fresh(
    seed: UInt64 = 1, calibration: Calibration = .none, familiarity: Familiarity? = nil,
    card: Card = card()
  ) throws -> Model {
    let network = try network()
    return try Model(
      network: network, parameters: network.freshParameters(seed: seed),
      preprocessing: preprocessing, readOut: ReadOut(), calibration: calibration,
      familiarity: familiarity, card: card, lineage: lineage())
  }

  /// Calls every image suspicious (`threshold: 0`) or none (`threshold: 1`).
  static func calling(threshold: Double, regionThreshold: Double = 0.5) -> Calibration {
    Calibration(
      study: .plain, region: .plain, threshold: threshold, regionThreshold: regionThreshold)
  }
}

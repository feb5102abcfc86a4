public import Engine
import Foundation
public import Triage

/// What is learned and how: the same at every site and in the laboratory.
public struct Recipe: Sendable {
  public let network: Network
  public let preprocessing: Preprocessing
  public let card: Card
  public var training: TrainingPlan

  public init(
    network: Network, preprocessing: Preprocessing, card: Card, training: TrainingPlan
  ) {
    self.network = network
    self.preprocessing = preprocessing
    self.card = card
    self.training = training
  }

  /// The weights everybody begins with.
  func fresh(seed: UInt64) -> Parameters { network.freshParameters(seed: seed) }

  /// A trainer on these lessons.
  func trainer(
    _ lessons: [LabelledImage], batch: Int, seed: UInt64, from parameters: Parameters
  ) throws -> Trainer {
    var plan = training
    plan.batch = batch
    plan.seed = seed
    return try Trainer(network: network, parameters: parameters, lessons: lessons, plan: plan)
  }

  /// The network with these weights and no calibration: good for ranking, not for a person.
  func raw(_ parameters: Parameters) throws -> Model {
    try model(
      parameters, calibration: .none, familiarity: nil,
      lineage: Lineage(lessons: 0, recipe: "", made: Date(timeIntervalSince1970: 0)))
  }

  func model(
    _ parameters: Parameters, calibration: Calibration, familiarity: Familiarity?,
    lineage: Lineage
  ) throws -> Model {
    try Model(
      network: network, parameters: parameters, preprocessing: preprocessing,
      readOut: ReadOut(pooling: training.loss.pooling), calibration: calibration,
      familiarity: familiarity, card: card, lineage: lineage)
  }
}

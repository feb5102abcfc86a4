import Engine
import Foundation
import Radiology
import Triage

/// Measures a simulated federation, beside what other ways of learning reach with equal work.
///
/// The same network learns from all sites' lessons in one place, and from each site's alone. That
/// takes the pictures of all, so the laboratory reads the labelled folder itself; no site gives it
/// anything, and it gives nothing to the federation.
actor Laboratory {
  /// AUROC on validation images, where both classes are there.
  struct Scores: Sendable {
    var pooled: SimulationReport.Pooled
    var federated: [String: Double]
    var central: [String: Double]
    var alone: [String: Double]
  }

  /// How much everybody learns.
  struct Work: Sendable {
    let rounds: Int
    let steps: Int
    /// Images a step by site.
    let batches: [String: Int]
    let seed: UInt64
  }

  private let data: LabelledFolder
  private let recipe: Recipe
  private let work: Work
  private let validation: [LabelledImage]
  private var central: Learner?
  private var alone: [String: Learner] = [:]

  private struct Learner {
    let trainer: Trainer
    var parameters: Parameters
  }

  /// A laboratory that compares, or only measures.
  init(data: LabelledFolder, recipe: Recipe, work: Work, compares: Bool) async throws {
    self.data = data
    self.recipe = recipe
    self.work = work
    let sites = Set(work.batches.keys)
    validation =
      (try? await data.contents(
        parts: [.validation], sites: sites, preparedBy: recipe.preprocessing))?.images ?? []
    try Task.checkCancellation()
    guard compares else { return }
    let lessons = try await data.contents(
      parts: [.train], sites: sites, preparedBy: recipe.preprocessing
    ).images
    central = try learner(lessons, batch: work.batches.values.reduce(0, +))
    for (site, batch) in work.batches {
      alone[site] = try learner(lessons.filter { $0.site == site }, batch: batch)
    }
  }

  private func learner(_ lessons: [LabelledImage], batch: Int) throws -> Learner {
    let fresh = recipe.fresh(seed: work.seed)
    return Learner(
      trainer: try recipe.trainer(lessons, batch: batch, seed: work.seed, from: fresh),
      parameters: fresh)
  }

  /// Lets the others learn from as many examples as the federation's sites had in the round.
  func learn(round: Int) throws {
    if let central { self.central = try taught(central, round: round) }
    for site in alone.keys.sorted() {
      if let learner = alone[site] { alone[site] = try taught(learner, round: round) }
    }
  }

  private func taught(_ learner: Learner, round: Int) throws -> Learner {
    let parameters = try learner.trainer.run(
      steps: work.steps, from: learner.parameters, round: round - 1, of: work.rounds
    ).parameters
    try Task.checkCancellation()
    return Learner(trainer: learner.trainer, parameters: parameters)
  }

  /// How the federation's parameters and the others rank the validation images.
  func scores(of federated: Parameters) throws -> Scores {
    let ours = try auroc(of: federated, on: validation)
    let theirs = try central.map { try auroc(of: $0.parameters, on: validation) }
    return Scores(
      pooled: SimulationReport.Pooled(federated: ours.pooled, central: theirs?.pooled),
      federated: ours.sites, central: theirs?.sites ?? [:],
      alone: try alone.reduce(into: [:]) { scores, site in
        scores[site.key] = try auroc(
          of: site.value.parameters, on: validation.filter { $0.site == site.key }
        ).pooled
      })
  }

  private func auroc(
    of parameters: Parameters, on images: [LabelledImage]
  ) throws -> (pooled: Double?, sites: [String: Double]) {
    func auroc(_ reads: [Evaluation.Read]) -> Double? {
      RankedScores(
        scores: reads.map(\.probability), isSuspicious: reads.map(\.isSuspicious)
      ).auroc()
    }
    let reads = try recipe.raw(parameters).reads(of: images)
    return (auroc(reads), Dictionary(grouping: reads, by: \.site).compactMapValues(auroc))
  }

  /// The last figures, on pictures nobody has learned from; nothing where there are none.
  func test(_ model: Model) async throws -> SimulationReport.Test? {
    let test = try? await data.contents(parts: [.test], preparedBy: recipe.preprocessing).images
    try Task.checkCancellation()
    guard let test else { return nil }
    func evaluation(_ learner: Learner) throws -> Evaluation {
      Evaluation(of: try recipe.raw(learner.parameters).reads(of: test))
    }
    return SimulationReport.Test(
      federated: Evaluation(of: try model.reads(of: test)),
      central: try central.map(evaluation), alone: try alone.mapValues(evaluation))
  }
}

import Engine
import Foundation
import Radiology
public import Triage

/// A training run of its own, from a labelled folder to a calibrated model.
public struct TrainingCourse: Sendable {
  /// How far it has come.
  public enum Event: Sendable {
    case loading(done: Int, of: Int)
    /// Before the first step: how many pictures, and the bytes of memory the steps need.
    case beginning(lessons: Int, memory: Int)
    case learning(Trainer.Progress)
  }

  private let folder: LabelledFolder
  private let site: String?
  private let plan: TrainingPlan

  /// Of one site's pictures or all, and with the recipe's number of epochs unless told otherwise.
  public init(folder: LabelledFolder, site: String? = nil, epochs: Int? = nil, seed: UInt64) {
    self.folder = folder
    self.site = site
    var plan = TrainingPlan()
    if let epochs { plan.epochs = epochs }
    plan.seed = seed
    self.plan = plan
  }

  /// Trains until the plan is done or the task is cancelled; either way there is a model.
  ///
  /// - Returns: the model, a sentence about its calibration, and whether the plan was done.
  /// - Throws: `TriageError` for pictures nothing can be learned from; `CancellationError` before
  ///   anything was learned.
  public func run(
    _ tell: @Sendable (Event) -> Void
  ) async throws -> (model: Model, statement: String, isWhole: Bool) {
    let preprocessing = Preprocessing()
    let network = try Network.chest(side: preprocessing.side)
    let sites = site.map { Set([$0]) }
    let lessons = try await folder.contents(
      parts: [.train], sites: sites, preparedBy: preprocessing
    ) { tell(.loading(done: $0, of: $1)) }.images
    let validation =
      try await folder.contents(parts: [.validation], sites: sites, preparedBy: preprocessing)
      .images
    let trainer = try Trainer(network: network, lessons: lessons, plan: plan)
    tell(.beginning(lessons: lessons.count, memory: trainer.memory))
    let isWhole = try trainer.train { tell(.learning($0)) }
    guard trainer.step > 0 else { throw CancellationError() }
    let named = Set(lessons.map(\.site)).sorted()
    let (model, statement) = try Model.learned(
      network: network, parameters: trainer.parameters, preprocessing: preprocessing,
      readOut: ReadOut(pooling: plan.loss.pooling), validation: validation,
      familiarity: Familiarity(lessons: lessons.map(\.prepared)), card: Card.chest(folder),
      lineage: Lineage(
        sites: named, lessons: lessons.count,
        recipe: "central, \(trainer.step) of \(trainer.steps) steps of \(plan.batch) images, "
          + "seed \(plan.seed)", made: Date()))
    return (model, statement, isWhole)
  }
}

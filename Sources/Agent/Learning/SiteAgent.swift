import Crypto
import Engine
public import Federation
public import Foundation
public import Radiology
public import Store
public import Triage

/// One hospital of a federation: its own store, its own lessons, its own key.
///
/// What it gets is the bytes of a task; what it gives is a sealed update. Nothing else passes.
public actor SiteAgent {
  public nonisolated let name: String
  public nonisolated let store: Store
  private let shelf: ModelShelf
  private let book: LessonBook
  private let membership: Membership
  private let gate: PrivacyGate
  private let plan: TrainingPlan
  private let network: Network
  private let preprocessing: Preprocessing
  private var trainer: Trainer?
  private var lessons: [LabelledImage] = []
  public private(set) var validation: [LabelledImage] = []

  init(
    store: Store, home: URL, pictures: PictureShelf, membership: Membership, gate: PrivacyGate,
    network: Network, preprocessing: Preprocessing, plan: TrainingPlan
  ) {
    name = membership.name
    self.store = store
    shelf = ModelShelf(store: store, home: home)
    book = LessonBook(store: store, pictures: pictures, site: membership.name)
    self.membership = membership
    self.gate = gate
    self.network = network
    self.preprocessing = preprocessing
    self.plan = plan
  }

  /// Rebuilds the lessons that may be used.
  ///
  /// - Returns: how many there are to train with.
  public func open() async throws -> Int {
    lessons = try await book.images(.train, preparedBy: preprocessing)
    validation = try await book.images(.validation, preparedBy: preprocessing)
    return lessons.count
  }

  /// Training examples of this site; for what stays inside the site.
  func examples() -> [LabelledImage] { lessons }

  /// Takes part in one round: model in, local training, sealed update out.
  ///
  /// - Throws: `FederationError` for a task that is not the coordinator's, and `TriageError` if
  ///   the training fails; then nothing leaves.
  public func takePart(in bytes: [UInt8]) throws -> (update: SealedUpdate, loss: Float) {
    let task = try RoundTask(opening: bytes, from: membership.roster.coordinator)
    let trainer = try trainer(for: task)
    let (parameters, loss) = try trainer.run(
      steps: task.work.steps, from: task.parameters, round: task.round - 1, of: task.rounds)
    let update = try gate.seal(
      parameters, trainedOn: task.work.steps * task.work.batch, for: task, as: membership)
    try store.record(
      .updateSent, actor: "sync",
      detail: "round \(task.round): \(update.bytes.count) bytes, SHA-256 \(update.digest)",
      at: Date())
    return (update, loss)
  }

  /// Keeps the round and the model that came of it.
  public func conclude(_ rounds: [Round], with model: Model, at date: Date) throws {
    for round in rounds { try store.save(round) }
    try shelf.start(with: model, by: "federation", at: date)
  }

  private func trainer(for task: RoundTask) throws -> Trainer {
    if let trainer { return trainer }
    var plan = plan
    plan.batch = task.work.batch
    plan.learningRate = Float(task.work.learningRate)
    plan.proximity = Float(task.work.proximal)
    plan.seed = task.work.seed
    let made = try Trainer(
      network: network, parameters: task.parameters, lessons: lessons, plan: plan)
    trainer = made
    return made
  }
}

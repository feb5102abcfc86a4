import Crypto
import Engine
public import Federation
import Foundation
import Radiology
import Store
import Triage

/// One hospital of a federation: its own store, its own lessons, its own key.
///
/// The others reach it by ``answer(_:)`` alone: the coordinator's signed bytes in, sealed bytes
/// out. Its lessons and its images have no other way out.
public actor SiteAgent: Party {
  public nonisolated let name: String
  private let store: Store
  private let shelf: ModelShelf
  private let membership: Membership
  private let gate: PrivacyGate
  private let recipe: Recipe
  /// How few bits a value its changes are rounded to, as a coordinator might ask.
  private let updateBits: UpdateBits?
  /// What rounding took of the last one.
  private var owed: Parameters?
  /// How it lies; it does not where nil.
  private let lie: Lie?
  let lessons: [LabelledImage]
  private let validation: [LabelledImage]
  private var trainer: Trainer?
  /// The round it took part in last, until it is known what came of it.
  private var openRound: OpenRound?

  private struct OpenRound {
    let task: RoundTask
    let update: SealedUpdate
    let started: Date
  }

  /// The agent of the store in a folder, with the lessons that may be used.
  init(
    store: Store, home: URL, pictures: PictureShelf, membership: Membership, gate: PrivacyGate,
    recipe: Recipe, updateBits: UpdateBits? = nil, lie: Lie? = nil
  ) async throws {
    name = membership.name
    self.store = store
    shelf = ModelShelf(store: store, home: home)
    self.membership = membership
    self.gate = gate
    self.recipe = recipe
    self.updateBits = updateBits
    let book = LessonBook(store: store, pictures: pictures, site: membership.name)
    self.lie = lie
    let own = try await book.images(.train, preparedBy: recipe.preprocessing)
    lessons = lie?.lessons(own) ?? own
    validation = try await book.images(.validation, preparedBy: recipe.preprocessing)
  }

  /// Takes part in a round, or says what may be said of its lessons as a whole.
  ///
  /// - Throws: `FederationError` for a message that is not the coordinator's or an answer that may
  ///   not leave, `TriageError` if the training fails, `CancellationError`; then nothing leaves.
  public func answer(_ message: [UInt8]) async throws -> [UInt8] {
    switch try sealed(message) {
    case .update(let update): update.bytes
    case .answer(let answer): answer.bytes
    }
  }

  /// The same over Flower's wire.
  func reply(to message: [UInt8]) async throws -> SealedReply {
    switch try sealed(message) {
    case .update(let update): SealedReply(update)
    case .answer(let answer): SealedReply(answer)
    }
  }

  private enum Sealed {
    case update(SealedUpdate)
    case answer(SealedAnswer)
  }

  private func sealed(_ message: [UInt8]) throws -> Sealed {
    switch try Order(opening: message, from: membership.roster.coordinator) {
    case .train(let task):
      try closeRound(with: task.parameters)
      return .update(try takePart(in: task))
    case .answer(let question):
      if question.subject == .evidence { try closeRound(with: question.parameters) }
      let answer = try gate.seal(statistics(for: question), to: question, as: membership)
      try log(answer.bytes, digest: answer.digest, about: "\(question.subject)")
      return .answer(answer)
    }
  }

  // MARK: - Rounds

  /// Model in, local training, sealed update out.
  private func takePart(in task: RoundTask) throws -> SealedUpdate {
    let started = Date()
    let trained = try trainer(for: task).run(
      steps: task.work.steps, from: task.parameters, round: task.round - 1, of: task.rounds)
    // A cancelled run made fewer steps than its update would say, so nothing of it leaves.
    try Task.checkCancellation()
    let learned =
      lie?.parameters(trained.parameters, from: task.parameters) ?? trained.parameters
    let update = try gate.seal(
      rounded(learned, from: task.parameters),
      trainedOn: task.work.steps * task.work.batch, for: task, as: membership)
    try log(update.bytes, digest: update.digest, about: "round \(task.round)")
    openRound = OpenRound(task: task, update: update, started: started)
    return update
  }

  /// What a coordinator would read that had asked for few bits a value.
  private func rounded(_ trained: Parameters, from model: Parameters) -> Parameters {
    guard let updateBits else { return trained }
    var change = trained.subtracting(model)
    if let owed { change.add(owed) }
    let sent = SmallChange(change, in: updateBits)
    sent.add(to: &change, scaled: -1)
    owed = change
    var moved = model
    sent.add(to: &moved)
    return moved
  }

  private func trainer(for task: RoundTask) throws -> Trainer {
    if let trainer { return trainer }
    var recipe = recipe
    recipe.training.learningRate = Float(task.work.learningRate)
    recipe.training.proximity = Float(task.work.proximal)
    let made = try recipe.trainer(
      lessons, batch: task.work.batch, seed: task.work.seed, from: task.parameters)
    trainer = made
    return made
  }

  /// Remembers the round that ended when the next model came.
  private func closeRound(with parameters: Parameters) throws {
    guard let openRound else { return }
    let (task, update) = (openRound.task, openRound.update)
    try store.save(
      Round(
        number: task.round, coordinator: membership.roster.coordinator.name, privacy: gate.mode,
        modelIn: task.parameters.digest, modelOut: parameters.digest,
        contributions: [
          Round.Contribution(
            site: name, lessons: update.lessons, digest: update.digest,
            bytes: update.bytes.count, norm: update.norm)
        ],
        started: openRound.started, ended: Date()))
    self.openRound = nil
  }

  // MARK: - Questions

  private func statistics(for question: Question) throws -> Statistics {
    switch question.subject {
    case .lessons: Statistics(lessons: lessons, validation: validation)
    case .evidence:
      try Statistics(
        evidenceOf: recipe.raw(question.parameters), in: validation, lessons: lessons)
    case .distances: try Statistics(distancesOf: lessons, from: question.known)
    case .model: try start(with: question)
    }
  }

  /// Lets the common model sort this site's worklist, calibrated on its own reviewed studies.
  private func start(with question: Question) throws -> Statistics {
    let common = try recipe.commonModel(
      question.parameters, knowing: question.known,
      lineage: Lineage(
        round: try store.rounds().last?.number, sites: membership.roster.partners.map(\.name),
        lessons: question.known.lessons,
        recipe: "federated averaging, calibrated at \(name)", made: Date())
    ).model
    let own = try common.recalibrated(on: validation).model
    try Task.checkCancellation()
    try shelf.start(with: own, by: "federation", at: Date())
    return Statistics(calibrationOf: own, insteadOf: common)
  }

  private func log(_ bytes: [UInt8], digest: String, about subject: String) throws {
    try store.record(
      .updateSent, actor: "sync", detail: "\(subject): \(bytes.count) bytes, SHA-256 \(digest)",
      at: Date())
  }
}

import Crypto
import Engine
public import Federation
public import Foundation
import Gateway
import Radiology
public import Store
import Triage

/// What a site does about a coordinator's instructions: asks its people, learns, and seals.
///
/// Everything a round needs is in the store and in the instruction, so that a round that was cut off
/// and begins again ends as if nothing had happened; noise alone is drawn anew, and only as long as
/// nothing of it has begun to leave.
public actor SiteWork {
  private let store: Store
  private let shelf: ModelShelf
  private let book: LessonBook
  private let site: String
  private let coordinator: String
  private let policy: SitePolicy
  private let key: NodeKey
  private let memory: OptimizerMemory
  private let owed: OwedChange
  private let kept: KeptModels
  private let pause: Duration
  private let thread = WorkThread()
  private let now: @Sendable () -> Date

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  /// The work of the store in a folder, for the coordinator of that host and port.
  ///
  /// `folder` is the node's own; `pause` is how long it waits before it asks again whether a
  /// person has decided.
  public init(
    home: URL, store: Store, pictures: PictureShelf, site: String, coordinator: String,
    policy: SitePolicy, key: NodeKey, folder: URL, pause: Duration = .seconds(2),
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    shelf = ModelShelf(store: store, home: home)
    book = LessonBook(store: store, pictures: pictures, site: site)
    self.site = site
    self.coordinator = coordinator
    self.policy = policy
    self.key = key
    memory = OptimizerMemory(in: folder, of: Self.digest(coordinator))
    owed = OwedChange(in: folder, of: Self.digest(coordinator))
    kept = KeptModels(in: folder, of: Self.digest(coordinator))
    self.pause = pause
    self.now = now
  }

  /// Carries an instruction out, or says that this site does not.
  ///
  /// Waits for a person where a task is new. What a person has to know is told in the store, as
  /// ``Radiology/FederationProgress``.
  /// - Throws: `FleetError` for what cannot be read or is not waited for any more, and
  ///   `FleetError.notKept` where the disk is full, which may be tried again;
  ///   `FederationError`, `TriageError` and `StoreError`; then nothing of the site leaves.
  public func answer(_ message: FleetMessage) async throws -> SealedReply {
    try await waitingForRoom { try await carryOut(message) }
  }

  private func carryOut(_ message: FleetMessage) async throws -> SealedReply {
    var instruction = try LearningInstruction(message, kept: kept)
    do {
      guard try store.released(instruction.name)?.announced == nil else {
        throw SitePolicy.Objection(
          refusal: .notAllowed,
          description: "The coordinator asked again for what was answered. Nothing more was sent: "
            + "with noise in it, each answer tells more.")
      }
      let recipe = try recipe(for: &instruction)
      switch instruction.kind {
      case .train:
        return try await learn(
          instruction, by: recipe, until: message.heading.created + message.heading.lifetime)
      case .evaluate: return try await judge(instruction, by: recipe)
      }
    } catch let objection as SitePolicy.Objection {
      tell(.idle, instruction, note: objection.description)
      try store.record(
        .taskDecided, actor: "sync", detail: "Task of \(coordinator): \(objection)", at: now())
      return .refusal(objection.refusal)
    }
  }

  /// Remembers the round this site took part in last, when the model comes that was made of it.
  private func closeRound(before instruction: LearningInstruction) throws {
    let last = try store.releases(limit: 1).first {
      $0.kind == LearningInstruction.Kind.train.rawValue && $0.coordinator == coordinator
    }
    guard let last, let taken = last.taken, let round = last.round,
      instruction.round == (instruction.kind == .train ? round + 1 : round)
    else { return }
    try store.save(
      Round(
        number: round, coordinator: coordinator, privacy: .plain, modelIn: last.modelIn,
        modelOut: instruction.model.digest,
        contributions: [
          Round.Contribution(
            site: try name, lessons: last.examples, digest: last.answer ?? "",
            bytes: last.bytes ?? 0,
            norm: last.norm ?? 0)
        ], started: last.began, ended: taken))
  }

  /// As the partners call this site; as it calls itself where no roster says.
  private var name: String { get throws { try store.siteNames().last ?? site } }

  private static func digest(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).hexadecimal
  }

  // MARK: - What a person decides

  /// What is asked, with who takes part: another coordinator's key or another partner is another
  /// task.
  private func task(
    asking instruction: LearningInstruction, with roster: ConsortiumRoster?
  ) -> LearningTask {
    var settings = instruction.settings
    settings[Self.key] = roster.map { Self.digest($0.coordinator.key) }
    return LearningTask(
      coordinator: coordinator,
      parts: instruction.model.entries.map { .init(name: $0.name, shape: $0.shape) },
      settings: settings, partners: roster?.members.map(\.label) ?? [], clip: instruction.clip,
      noise: instruction.noise, asked: now(), digest: Self.digest)
  }

  /// What a task calls the digest of the coordinator's key; no coordinator can set it.
  private static let key = "coordinator-key"

  /// The roster that came, if it is signed by the coordinator it names, not older than the last one
  /// that was approved here, and this site is on it; none if none came.
  ///
  /// That it names the right coordinator is what a person approves.
  private func roster(of instruction: LearningInstruction) throws -> ConsortiumRoster? {
    guard let text = instruction.roster else { return nil }
    do {
      let named = try JSONDecoder().decode(ConsortiumRoster.self, from: Data(text.utf8))
      return try SignedRoster(
        text: text, signature: instruction.rosterSignature ?? "",
        by: P256.Signing.PublicKey(pemRepresentation: named.coordinator.key),
        notBefore: try store.value(forKey: seenRoster(of: named)).flatMap { Int($0) } ?? 0,
        naming: key.publicPEM
      ).roster
    } catch {
      let reason = (error as? ConsortiumError).map { "\($0)" } ?? "The roster cannot be read."
      throw SitePolicy.Objection(refusal: .unknownPartners, description: reason)
    }
  }

  /// Where the highest number of an approved roster is kept: a coordinator that began anew with
  /// another key counts from 1 again, and a person is asked about the key.
  private func seenRoster(of roster: ConsortiumRoster) -> String {
    "federation.roster.\(coordinator).\(Self.digest(roster.coordinator.key))"
  }

  /// Waits until somebody has approved the task.
  private func approved(
    _ instruction: LearningInstruction, until end: Date
  ) async throws -> LearningTask {
    let roster = try roster(of: instruction)
    var task = try store.note(task(asking: instruction, with: roster))
    if task.state == .pending {
      tell(
        .pending, instruction,
        note: "Task \(task.shortID) waits for approval: secondlook federation approve "
          + task.shortID)
    }
    while task.state == .pending {
      try await Task.sleep(for: pause)
      guard now() < end else { throw FleetError.tooLate }
      task = try store.task(task.id) ?? task
    }
    guard task.state == .approved else {
      throw SitePolicy.Objection(
        refusal: .notAllowed, description: "Task \(task.shortID) was refused here.")
    }
    if let roster {
      try store.set("\(roster.number)", forKey: seenRoster(of: roster))
      let own = roster.members.first { $0.key == key.publicPEM }
      try own.map { try store.note(siteName: $0.name) }
    }
    return task
  }

  // MARK: - Learning

  private func learn(
    _ instruction: LearningInstruction, by recipe: Recipe, until end: Date
  ) async throws -> SealedReply {
    if let objection = policy.objection(to: instruction, released: try store.releasedNoise()) {
      throw objection
    }
    let task = try await approved(instruction, until: end)
    try closeRound(before: instruction)
    let began = now()
    // The two moments of the optimiser, and the answer.
    try memory.checkRoom(for: 3 * 4 * instruction.model.count)
    try kept.keep(instruction)
    let lessons = try await lessonsToLearn(for: recipe)
    tell(.training, instruction, done: 0)
    let (trained, examples) = try train(on: lessons.images, by: recipe, for: instruction)
    // A cut-off round made fewer steps than it was asked for, and not for want of time.
    try Task.checkCancellation()
    let gate = try PrivacyGate(clip: instruction.clip, noise: instruction.noise)
    let (reply, rest) = try seal(trained, trainedOn: examples, for: instruction, through: gate)
    try store.save(
      Release(
        id: instruction.name, coordinator: coordinator, kind: instruction.kind.rawValue,
        task: task.id, round: instruction.round, modelIn: instruction.model.digest,
        lessons: lessons.images.count, manifest: lessons.manifest, examples: examples,
        norm: reply.norm, clip: gate.clip, noise: gate.noise, began: began, sealed: now()))
    if let rest {
      // After the store took it: what left before is not to be replaced by what did not leave.
      try owed.keep(
        rest, of: instruction.name, after: instruction.round, of: instruction.run.rawValue,
        left: whenLeft(under: gate))
    }
    tell(.sending, instruction, done: 1)
    return reply
  }

  /// Seals in as many bits as were asked for.
  ///
  /// - Returns: the answer, and what rounding took of it where it was asked for in few bits.
  private func seal(
    _ trained: consuming Parameters, trainedOn examples: Int, for instruction: LearningInstruction,
    through gate: PrivacyGate
  ) throws -> (SealedReply, owed: Parameters?) {
    guard let bits = instruction.updateBits else {
      return (try gate.seal(trained, trainedOn: examples, of: instruction.model), nil)
    }
    let (reply, rest) = try gate.seal(
      trained, trainedOn: examples, of: instruction.model, in: bits,
      owing: try owed.change(
        before: instruction.round, of: instruction.run.rawValue, left: whenLeft(under: gate)
      ).flatMap {
        // Of another model, if this site's was changed in between.
        $0.isShaped(like: instruction.model) && $0.isFinite ? $0 : nil
      },
      holding: instruction.named)
    return (reply, rest)
  }

  /// When an answer began to leave that may go on in what this gate lets out: what an answer without
  /// noise left out is as exact as that was, and stays here once noise is wanted.
  private func whenLeft(under gate: PrivacyGate) -> (String) throws -> Date? {
    { [store] name in
      guard let release = try store.released(name), gate.noise == nil || release.noise != nil else {
        return nil
      }
      return release.announced
    }
  }

  /// The active model's way of learning, if its network is the one the coordinator sent.
  private func recipe(for instruction: inout LearningInstruction) throws -> Recipe {
    guard let active = try shelf.active(), instruction.arrange(like: active.parameters) else {
      throw SitePolicy.Objection(
        refusal: .otherModel,
        description: "The coordinator's model does not fit the one that is active here. Nothing "
          + "was sent. Ask the coordinator which model the federation learns.")
    }
    var training = TrainingPlan()
    training.learningRate = Float(instruction.learningRate ?? 2e-3)
    training.proximity = Float(instruction.proximal)
    // The mean over rounds is the coordinator's to take.
    training.averaging = 0
    return Recipe(
      network: active.network, preprocessing: active.preprocessing, card: active.card,
      training: training)
  }

  /// The lessons that may be used now, and the digest of their list.
  ///
  /// - Throws: ``SitePolicy/Objection`` for fewer than may be added up, or of one class only.
  private func lessonsToLearn(
    for recipe: Recipe
  ) async throws -> (images: [LabelledImage], manifest: String) {
    let images = try await book.images(.train, preparedBy: recipe.preprocessing)
    guard images.count >= Statistics.leastInSum, Set(images.map(\.isSuspicious)).count == 2 else {
      throw SitePolicy.Objection(
        refusal: .tooFewLessons,
        description: "There are \(images.count) lessons of consenting patients to learn from; a "
          + "round takes at least \(Statistics.leastInSum), normal and suspicious ones. Nothing "
          + "was sent. Sign reports and record consent (secondlook consent), and the next round "
          + "is joined.")
    }
    return (images, try manifest(of: .train))
  }

  private func manifest(of part: Lesson.Part) throws -> String {
    let list = try store.lessons(part: part).map { "\($0.instance) \($0.digest)\n" }.joined()
    return Self.digest(list)
  }

  /// - Returns: what was learned, and how many examples it took.
  private func train(
    on lessons: [LabelledImage], by recipe: Recipe, for instruction: LearningInstruction
  ) throws -> (trained: Parameters, examples: Int) {
    let batch = min(instruction.batch ?? 16, lessons.count)
    let steps = min(
      instruction.steps ?? max(1, 2 * lessons.count / batch), policy.demands.mostSteps)
    // Who does not say how many rounds there will be gets a rate that falls within each.
    let isCounted = instruction.rounds != nil && instruction.round != nil
    let round = isCounted ? (instruction.round ?? 1) - 1 : 0
    let run = instruction.run.rawValue
    let trainer = try recipe.trainer(
      lessons, batch: batch, seed: instruction.seed ?? run, from: instruction.model)
    if let state = memory.state(after: (instruction.round ?? 1) - 1, of: run) {
      try trainer.restore(optimizerState: state)
    }
    let start = ContinuousClock.now
    var told = start
    let result = try trainer.run(
      steps: steps, from: instruction.model, round: round,
      of: isCounted ? instruction.rounds ?? 1 : 1
    ) { made in
      if .now - told > .seconds(2) {
        told = .now
        tell(.training, instruction, done: Double(made) / Double(steps))
      }
      return .now - start < policy.demands.mostTime
    }
    try Task.checkCancellation()
    if let round = instruction.round {
      try memory.keep(trainer.optimizerState, after: round, of: run)
    }
    return (result.parameters, result.steps * batch)
  }

  // MARK: - Judging

  /// Takes the round's model as a candidate, and says how well it fits lessons it was not taught.
  private func judge(
    _ instruction: LearningInstruction, by recipe: Recipe
  ) async throws -> SealedReply {
    let asked = try task(asking: instruction, with: roster(of: instruction))
    // Of its settings one counts: who is behind it. There is nothing to set for judging, and no less
    // privacy than was approved.
    let task = try store.tasks().first {
      $0.state == .approved && $0.coordinator == asked.coordinator && $0.parts == asked.parts
        && $0.partners == asked.partners && $0.settings[Self.key] == asked.settings[Self.key]
        && $0.clip == asked.clip && $0.noise == asked.noise
    }
    guard let task else {
      throw SitePolicy.Objection(
        refusal: .notAllowed,
        description:
          "A model was to be judged for which no task of \(coordinator) was approved with "
          + "these partners and this privacy.")
    }
    try closeRound(before: instruction)
    let began = now()
    tell(.evaluating, instruction)
    let lessons = try await book.images(.train, preparedBy: recipe.preprocessing)
    let validation = try await book.images(.validation, preparedBy: recipe.preprocessing)
    try propose(
      instruction, by: recipe, lessons: lessons, validation: validation, of: task.partners)
    if let objection = policy.objection(to: instruction, released: []) { throw objection }
    guard instruction.noise == nil else {
      throw SitePolicy.Objection(
        refusal: .notAllowed,
        description: "The model came as a candidate. How well it fits was not sent: the task wants "
          + "noise, and that figure has none.")
    }
    guard validation.count >= Statistics.leastInSum else {
      throw SitePolicy.Objection(
        refusal: .tooFewLessons,
        description: "The model came as a candidate. How well it fits was not sent: a mean over "
          + "\(validation.count) lessons says too much of each.")
    }
    let reads = try recipe.raw(instruction.model).reads(of: validation)
    let losses = reads.map { read in
      let right = read.isSuspicious ? read.probability : 1 - read.probability
      return -log(max(right, 1e-12))
    }
    let gate = try PrivacyGate(clip: instruction.clip, noise: instruction.noise)
    let reply = try gate.seal(
      loss: losses.reduce(0, +) / Double(losses.count), over: losses.count)
    try store.save(
      Release(
        id: instruction.name, coordinator: coordinator, kind: instruction.kind.rawValue,
        task: task.id, round: instruction.round, modelIn: instruction.model.digest,
        lessons: losses.count, manifest: try manifest(of: .validation), examples: losses.count,
        norm: nil, clip: nil, noise: nil, began: began, sealed: now()))
    tell(.sending, instruction)
    return reply
  }

  /// Puts the model on the shelf as a candidate, calibrated on this site's own lessons.
  private func propose(
    _ instruction: LearningInstruction, by recipe: Recipe, lessons: [LabelledImage],
    validation: [LabelledImage], of partners: [String]
  ) throws {
    let (model, statement) = try Model.learned(
      network: recipe.network, parameters: instruction.model,
      preprocessing: recipe.preprocessing,
      readOut: ReadOut(pooling: recipe.training.loss.pooling), validation: validation,
      familiarity: Familiarity(lessons: lessons.map(\.prepared)), card: recipe.card,
      lineage: Lineage(
        parents: try store.activeModel().map { [$0.id] } ?? [], round: instruction.round,
        sites: partners.isEmpty ? [site] : partners, lessons: lessons.count,
        recipe: "federated with \(coordinator), calibrated at \(try name)",
        made: instruction.created))
    try shelf.add(model)
    try store.record(
      .roundEnded, actor: "sync", detail: "Candidate \(model.id.prefix(12)): \(statement)",
      at: now())
  }

  // MARK: - What is seen of it

  private func tell(
    _ phase: FederationProgress.Phase, _ instruction: LearningInstruction, done: Double? = nil,
    note: String? = nil
  ) {
    // A busy store costs a line on a screen, and no round.
    try? store.tell(
      FederationProgress(
        phase: phase, round: instruction.round, rounds: instruction.rounds, done: done, at: now(),
        note: note))
  }
}

extension ConsortiumRoster.Member {
  /// Name and key: a partner of the same name with another key is another one.
  fileprivate var label: String { "\(name) (\(fingerprint))" }
}

public import Engine
public import Foundation

/// Leads the rounds of a consortium, which a slow, a silent or a lying site cannot hold up, and
/// which go on where they were stopped.
public struct ConsortiumRun: Sendable {
  /// Whom the sites talk to; see ``FleetServer`` and ``LocalTransport``.
  public let coordinator: EmbeddedCoordinator
  let folder: ConsortiumFolder
  private let follows: FollowedRoster
  let plan: ConsortiumPlan
  let shelf: AnswerShelf
  let now: @Sendable () -> Date
  let tell: @Sendable (ConsortiumEvent) -> Void
  /// What is another than the folder's rounds were begun with.
  private let changes: [ChangedOption]
  private let lock: FolderLock

  /// Rounds of a folder's roster; no other program leads them as long as this lives.
  ///
  /// - Throws: ``ConsortiumError`` if the roster cannot be believed, is shorter than the quorum,
  ///   another program leads its rounds, or they were begun with a plan that this one must not
  ///   differ from.
  public init(
    in folder: ConsortiumFolder, plan: ConsortiumPlan,
    application: EmbeddedCoordinator.Application? = nil,
    now: @escaping @Sendable () -> Date = { Date() },
    tell: @escaping @Sendable (ConsortiumEvent) -> Void = { _ in }
  ) throws(ConsortiumError) {
    lock = try folder.lock()
    follows = try FollowedRoster(of: folder)
    let members = follows.current.roster.members
    guard members.count >= plan.waits.quorum else {
      throw .planUnusable(
        "a round needs \(plan.waits.quorum) sites, and the roster has \(members.count). Add some, or "
          + "lower the quorum.")
    }
    changes = try KeptPlan(plan).changes(in: folder)
    self.folder = folder
    self.plan = plan
    shelf = try folder.newShelf()
    self.now = now
    self.tell = tell
    coordinator = EmbeddedCoordinator(
      admitting: .keys(members.map(\.key)), application: application, of: try folder.run(),
      shelf: shelf, now: now)
  }

  /// Who takes part; it changes between rounds only.
  var roster: SignedRoster { follows.current }

  /// Takes note of a roster that was changed: whoever is not on it any more is refused from now on,
  /// and whoever is new on it let in.
  func followRoster() async {
    switch follows.look() {
    case .same: return
    case .unusable(let reason): tell(.rosterKept(number: roster.roster.number, reason: reason))
    case .changed(let before, let now):
      await coordinator.admit(only: now.members.map(\.key))
      tell(
        .rosterChanged(
          number: now.number, joined: now.members.filter { !before.has($0) }.map(\.name),
          gone: before.members.filter { !now.has($0) }.map(\.name)))
    }
  }

  /// How often a round is tried before it is given up.
  private static let attempts = 3

  /// Leads what is left of the rounds, and has the last model measured.
  ///
  /// - Parameter model: what the first round begins with; may be left out where a run goes on.
  /// - Returns: the model after the last round.
  /// - Throws: ``ConsortiumError``, and `CancellationError`; the last round that ended is kept.
  public func lead(from model: Parameters?) async throws -> Parameters {
    var ledger = try ConsortiumLedger(at: folder.ledgerFile, signedBy: folder.key)
    var state = try begin(with: model)
    if !state.line.isEmpty { try ledger.add(state.line) }
    while state.round < plan.rounds { try await leadRound(&state, &ledger) }
    if !state.isMeasured { try await measure(&state, &ledger) }
    return state.standing.model
  }

  private func begin(with model: Parameters?) throws(ConsortiumError) -> Checkpoint {
    if let kept = try Checkpoint(from: folder) {
      if let model, model.digest != kept.beginning { throw .otherModel }
      if kept.round > 0 { tell(.resuming(after: kept.round)) }
      if !changes.isEmpty { tell(.changed(changes)) }
      try KeptPlan(plan).save(in: folder)
      return kept
    }
    guard let model else { throw .planUnusable("there is no model to begin with.") }
    guard model.isFinite else { throw .modelNotFinite }
    let first = Checkpoint(
      round: 0, standing: Standing(model: model), beginning: model.digest)
    try KeptPlan(plan).save(in: folder)
    try first.save(in: folder)
    return first
  }

  private func leadRound(
    _ state: inout Checkpoint, _ ledger: inout ConsortiumLedger
  ) async throws {
    let number = state.round + 1
    let sent = SentModel(
      towards: state.standing.model, after: state.sent, in: plan.updateBits)
    var got = 0
    for _ in 0..<Self.attempts {
      let began = now()
      let asked = try await gather(for: number, leftOut: state.leftOut)
      let (updates, refused) = try await train(asked, number, from: sent, &state)
      let next =
        updates.count < plan.waits.quorum
        ? nil
        : plan.combination.next(
          after: state.standing, round: number, with: updates, quorum: plan.waits.quorum)
      var entry = entry(.train, number, began, sent.model)
      entry.answers = updates.map { LedgerEntry.Answer($0) }
      entry.refused = refused
      entry.modelOut = next?.model.digest
      if let next {
        state.round = number
        state.standing = next
        state.sent = sent.digest.map { _ in sent.model }
        state.holders = updates.filter(\.holdsModel).map(\.member.fingerprint)
        state.isMeasured = false
      }
      try note(entry, &state, &ledger)
      tell(.ended(ConsortiumRound(of: entry, rounds: plan.rounds, began: began, ended: now())))
      if next != nil { return }
      got = updates.count
    }
    throw ConsortiumError.noQuorum(
      round: number, got: got, needed: plan.waits.quorum,
      reason: got < plan.waits.quorum
        ? "brought a believable update, in \(Self.attempts) attempts"
        : "made a model of numbers, in \(Self.attempts) attempts")
  }

  /// Keeps the state and the word of it: first the model, for a ledger never names what is not
  /// there.
  func note(
    _ entry: LedgerEntry, _ state: inout Checkpoint, _ ledger: inout ConsortiumLedger
  ) throws(ConsortiumError) {
    state.line = try ledger.line(of: entry)
    try state.save(in: folder)
    try ledger.add(state.line)
  }

  /// What there is to say of a round before anybody has answered.
  func entry(
    _ kind: LedgerEntry.Kind, _ round: Int, _ began: Date, _ model: Parameters
  ) -> LedgerEntry {
    LedgerEntry(
      kind: kind, consortium: roster.roster.consortium, roster: roster.roster.number,
      round: round, strategy: plan.strategy, began: began.formatted(.iso8601),
      modelIn: model.digest)
  }
}

extension ConsortiumRoster {
  /// Whether somebody of that name has that key.
  fileprivate func has(_ member: Member) -> Bool {
    members.contains { $0.name == member.name && $0.key == member.key }
  }
}

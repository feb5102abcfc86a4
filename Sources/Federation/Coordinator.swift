public import Crypto
public import Engine
public import Foundation
public import Radiology

/// Leads the rounds of a federation on this machine.
///
/// It sees bytes only: what it sends is ``RoundTask/signed(by:)``, what it gets is
/// ``SealedUpdate/bytes``. A partner whose update is refused sits the round out; the others go on.
public actor Coordinator {
  /// How a federation is led.
  public struct Plan: Sendable {
    public let rounds: Int
    public let strategy: Strategy
    /// How else one model is made of the sites' models; by the strategy where there is none.
    public let combination: Combination?
    /// Fewest updates that may change the model.
    public let quorum: Int
    /// Longest change that is believed; none to believe any.
    public let longestChange: Double?
    /// In how few bits a value a model could come as a change of the last one; none for whole models.
    ///
    /// What is sent is the whole all the same, of the values that such a change would make.
    public let updateBits: UpdateBits?
    /// The work of a round, counted from 1, at one partner.
    public let work: @Sendable (Int, Partner) -> RoundTask.Work

    public init(
      rounds: Int, strategy: Strategy = Strategy(), combination: Combination? = nil,
      quorum: Int = 1, longestChange: Double? = nil, updateBits: UpdateBits? = nil,
      work: @escaping @Sendable (Int, Partner) -> RoundTask.Work
    ) {
      precondition(rounds >= 1 && quorum >= 1, "a federation has a round and a partner")
      self.rounds = rounds
      self.strategy = strategy
      self.combination = combination
      self.quorum = quorum
      self.longestChange = longestChange
      self.updateBits = updateBits
      self.work = work
    }
  }

  private enum State {
    case gathering(round: Int, since: Date, received: [Int: ReceivedUpdate], refused: [Int: String])
    case finished
  }

  private let roster: Roster
  private let plan: Plan
  private let key: P256.Signing.PrivateKey
  private let now: @Sendable () -> Date
  private var state: State
  private var lastStep: Parameters?
  private var moments: [String: Parameters] = [:]
  private var sent: [Int: (bytes: Int, digest: String)] = [:]
  /// What sites train from in this round: the model, or as near to it as so few bits bring it.
  private var given: Parameters
  /// The model as it stands.
  public private(set) var model: Parameters
  /// The moving mean of the models over rounds, where the strategy wants one; else the model.
  public private(set) var mean: Parameters
  /// Rounds that ended, oldest first.
  public private(set) var history: [Round] = []

  /// A coordinator of the roster, about to begin round 1 with a model.
  ///
  /// - Throws: ``FederationError/rosterNotUsable(_:)`` if the key is not the coordinator's.
  public init(
    roster: Roster, key: P256.Signing.PrivateKey, model: Parameters, plan: Plan,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(FederationError) {
    guard Partner(name: "", key: key.publicKey).key == roster.coordinator.key else {
      throw .rosterNotUsable("the coordinator's key is not the one it names.")
    }
    self.roster = roster
    self.plan = plan
    self.key = key
    self.model = model
    given = model
    mean = model
    self.now = now
    state = .gathering(round: 1, since: now(), received: [:], refused: [:])
  }

  /// The bytes of this round's task for one partner; none once all rounds are over.
  ///
  /// - Throws: ``FederationError/unknownPartner`` for a name that is not on the roster.
  public func task(for name: String) throws(FederationError) -> [UInt8]? {
    guard let place = roster.place(of: name) else { throw .unknownPartner }
    guard case .gathering(let round, _, _, _) = state else { return nil }
    let task = RoundTask(
      round: round, rounds: plan.rounds, work: plan.work(round, roster.partners[place]),
      parameters: given)
    return try task.signed(by: key)
  }

  /// Takes one partner's update, or refuses it and remembers why.
  ///
  /// - Throws: ``FederationError``; the round goes on without this update.
  public func receive(_ bytes: [UInt8]) throws(FederationError) {
    guard case .gathering(let round, let since, var received, var refused) = state else {
      throw .wrongRound(expected: plan.rounds, got: plan.rounds + 1)
    }
    let update = try ReceivedUpdate(opening: bytes, by: roster)
    do throws(FederationError) {
      guard update.round == round else {
        throw .wrongRound(expected: round, got: update.round)
      }
      guard received[update.place] == nil else { throw .alreadyReceived }
      guard update.modelIn == given.digest else { throw .wrongModel }
      guard update.change.isShaped(like: model) else { throw .wrongShape }
      if let limit = plan.longestChange, update.change.norm > limit {
        throw .tooLong(norm: update.change.norm, limit: limit)
      }
    } catch {
      refused[update.place] = "\(error)"
      state = .gathering(round: round, since: since, received: received, refused: refused)
      throw error
    }
    received[update.place] = update
    refused[update.place] = nil
    sent[update.place] = (bytes.count, Array(SHA256.hash(data: bytes)).hexadecimal)
    state = .gathering(round: round, since: since, received: received, refused: refused)
  }

  /// Ends the round: the updates at hand become the next model.
  ///
  /// Updates are combined in the roster's order, so that who came first changes no bit.
  /// - Returns: the round as it will be remembered.
  /// - Throws: ``FederationError/noQuorum(got:needed:)``; the round stays open.
  @discardableResult
  public func endRound() throws(FederationError) -> Round {
    guard case .gathering(let number, let since, let received, let refused) = state else {
      throw .wrongRound(expected: plan.rounds, got: plan.rounds + 1)
    }
    guard received.count >= plan.quorum else {
      throw .noQuorum(got: received.count, needed: plan.quorum)
    }
    let updates = received.keys.sorted().compactMap { received[$0] }
    let next = try combined(updates, in: number)
    let round = Round(
      number: number, coordinator: roster.coordinator.name, privacy: .plain,
      modelIn: given.digest, modelOut: next.digest,
      contributions: updates.map(contribution)
        + refused.keys.sorted().map { place in
          Round.Contribution(
            site: roster.partners[place].name, lessons: 0, digest: "", bytes: 0, norm: 0,
            refusal: refused[place])
        },
      started: since, ended: now())
    model = next
    given = SentModel(towards: next, after: given, in: plan.updateBits).model
    mean =
      plan.combination == nil
      ? plan.strategy.mean(mean, after: number, of: plan.rounds, with: next) : next
    sent = [:]
    history.append(round)
    state =
      number == plan.rounds
      ? .finished : .gathering(round: number + 1, since: now(), received: [:], refused: [:])
    return round
  }

  /// The next model; what it remembers is of a round that will end.
  private func combined(
    _ updates: [ReceivedUpdate], in round: Int
  ) throws(FederationError) -> Parameters {
    guard let combination = plan.combination else {
      let step = try plan.strategy.step(updates, after: lastStep)
      let next = model.adding(step, scaled: 1)
      guard next.isFinite else { throw .notFinite }
      lastStep = step
      return next
    }
    let next = combination.next(
      after: Standing(model: model, moments: moments), round: round,
      with: updates.map { SiteModel(model: model.adding($0.change), examples: $0.lessons) },
      quorum: plan.quorum)
    guard let next else { throw .notFinite }
    moments = next.moments
    return next.model
  }

  private func contribution(of update: ReceivedUpdate) -> Round.Contribution {
    Round.Contribution(
      site: roster.partners[update.place].name, lessons: update.lessons,
      digest: sent[update.place]?.digest ?? "", bytes: sent[update.place]?.bytes ?? 0,
      norm: update.change.norm)
  }
}

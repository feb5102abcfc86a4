import Engine
import Foundation

/// The sites that were asked for something, in the roster's order.
struct AskedSites {
  let members: [(node: NodeID, member: ConsortiumRoster.Member)]

  var names: [String] { members.map(\.member.name) }
}

/// What came of a question, site by site.
struct GatheredAnswers {
  /// Who had to be asked again, for it did not have the model that it was sent a change of.
  var lacking: Set<NodeID> = []
  var answers: [NodeID: FleetMessage] = [:]
  /// Answers that came and could not be read.
  var unusable: [NodeID: FleetError] = [:]
}

extension ConsortiumRun {
  private static let pause = Duration.milliseconds(100)

  /// The sites that are online, without those that are left out of the round.
  func online(_ round: Int, leftOut: [String: Int]) async -> AskedSites {
    var members: [(node: NodeID, member: ConsortiumRoster.Member)] = []
    let online = await coordinator.online
    for node in online {
      let key = await coordinator.key(of: node)
      guard let member = roster.roster.members.first(where: { $0.key == key }),
        leftOut[member.fingerprint, default: 0] < round
      else { continue }
      members.append((node, member))
    }
    // Numbers change whenever a coordinator begins; the roster's order does not.
    let order = roster.roster.members.map(\.name)
    return AskedSites(
      members: order.compactMap { name in members.first { $0.member.name == name } })
  }

  /// Waits until enough sites are there, as long as there is time; the roster may change meanwhile.
  ///
  /// - Throws: ``ConsortiumError/noQuorum(round:got:needed:reason:)``, `CancellationError`.
  func gather(for round: Int, leftOut: [String: Int]) async throws -> AskedSites {
    let end = ContinuousClock.now + plan.waits.forQuorum
    var told: [String]?
    var nextLook = ContinuousClock.now
    while true {
      if .now >= nextLook {
        await followRoster()
        nextLook = .now + .seconds(1)
      }
      let sites = await online(round, leftOut: leftOut)
      if sites.members.count >= plan.waits.quorum { return sites }
      if sites.names != told {
        told = sites.names
        tell(.waiting(round: round, online: sites.names, needed: plan.waits.quorum))
      }
      guard .now < end else {
        throw ConsortiumError.noQuorum(
          round: round, got: sites.members.count, needed: plan.waits.quorum,
          reason: "came within \(plan.waits.forQuorum.components.seconds) s"
            + absences(from: round, leftOut))
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// Who may not come, for people who wonder where a site is.
  private func absences(from round: Int, _ leftOut: [String: Int]) -> String {
    let names = roster.roster.members.compactMap { member in
      leftOut[member.fingerprint].flatMap {
        $0 < round ? nil : "\(member.name) is left out until round \($0)"
      }
    }
    return names.isEmpty ? "" : " (" + names.joined(separator: ", ") + ")"
  }

  /// Asks the sites, and waits until all have answered or the time is over.
  ///
  /// `holders` are sent a change of what they hold; who does not have it after all is sent the whole
  /// as soon as it says so, and is still in time.
  /// - Throws: ``FleetError``, `CancellationError`.
  func ask(
    _ sites: AskedSites, to kind: String, _ round: Int, _ sent: SentModel,
    holders: [String] = [], isFinal: Bool? = nil
  ) async throws -> GatheredAnswers {
    await coordinator.endRound()
    let configuration = plan.configuration(of: round, roster: roster, isFinal: isFinal)
    let whole = try sent.whole() + [("config", configuration)]
    let small = try sent.small().map { $0 + [("config", configuration)] }
    // What was sent as a change.
    var changes: [NodeID: ObjectID] = [:]
    for site in sites.members {
      if let small, holders.contains(site.member.fingerprint) {
        changes[site.node] = try await coordinator.ask(site.node, to: kind, with: small)
      } else {
        try await coordinator.ask(site.node, to: kind, with: whole)
      }
    }
    var gathered = GatheredAnswers()
    tell(.asked(round: round, sites.names))
    let end = ContinuousClock.now + plan.waits.forRound
    var told: Set<NodeID> = []
    while true {
      // In pieces, so that whoever watches sees who has answered.
      gathered.answers = try await coordinator.answers(
        within: min(.seconds(1), end - .now))
      try Task.checkCancellation()
      gathered.unusable = await coordinator.unusable
      for (node, question) in changes where gathered.answers[node]?.lacksModel == true {
        changes[node] = nil
        gathered.lacking.insert(node)
        gathered.answers[node] = nil
        await coordinator.withdraw(question)
        try await coordinator.ask(node, to: kind, with: whole)
      }
      for site in sites.members
      where gathered.answers[site.node] != nil && told.insert(site.node).inserted {
        tell(.answered(round: round, site.member.name))
      }
      if gathered.answers.count + gathered.unusable.count >= sites.members.count || .now >= end {
        return gathered
      }
    }
  }

  /// One attempt at a round: who is believed, and who is not and why.
  ///
  /// A site that declines or is silent sits out this round only; one whose answer is wrong is left
  /// out of the next ones too.
  func train(
    _ sites: AskedSites, _ round: Int, from sent: SentModel, _ state: inout Checkpoint
  ) async throws -> (updates: [BelievedUpdate], refused: [LedgerEntry.Refused]) {
    let gathered = try await ask(sites, to: "train", round, sent, holders: state.holders)
    let lacking = sites.members.filter { gathered.lacking.contains($0.node) }
    state.holders.removeAll { holder in lacking.contains { $0.member.fingerprint == holder } }
    let check = AnswerCheck(
      model: sent.model,
      longestChange: plan.longestChange(ofValues: sent.model.count),
      updateBits: plan.updateBits, digest: sent.digest)
    let isExact = sent.model == state.standing.model
    var updates: [BelievedUpdate] = []
    var refused: [LedgerEntry.Refused] = []
    for (node, member) in sites.members {
      switch verdict(on: node, in: gathered, read: check.update) {
      case .believed(let update, let message):
        updates.append(
          BelievedUpdate(
            member: member, message: message, examples: update.examples, norm: update.norm,
            model: isExact
              ? update.model
              : state.standing.model.adding(update.model.subtracting(sent.model)),
            holdsModel: update.holdsModel))
      case .absent(let reason): refused.append(LedgerEntry.Refused(member, reason))
      case .wrong(let reason):
        refused.append(LedgerEntry.Refused(member, reason))
        state.leftOut[member.fingerprint] = round + plan.doubt.quarantine
      }
    }
    await coordinator.endRound()
    return (updates, refused)
  }

  /// Has the last model measured by whoever is there; nobody who is missing keeps the run from
  /// ending.
  func measure(_ state: inout Checkpoint, _ ledger: inout ConsortiumLedger) async throws {
    let began = now()
    await followRoster()
    var sites = await online(state.round, leftOut: [:])
    if sites.members.isEmpty {
      // After a restart nobody is there at first.
      sites = (try? await gather(for: state.round, leftOut: [:])) ?? sites
      try Task.checkCancellation()
    }
    let gathered = try await ask(
      sites, to: "evaluate", state.round, SentModel(state.standing.model), isFinal: true)
    let check = AnswerCheck(model: state.standing.model, longestChange: nil)
    var entry = entry(.evaluate, state.round, began, state.standing.model)
    for (node, member) in sites.members {
      switch verdict(on: node, in: gathered, read: check.measure) {
      case .believed(let found, let message):
        entry.answers.append(
          LedgerEntry.Answer(
            name: member.name, key: member.fingerprint, message: message.description,
            examples: found.examples, loss: found.loss))
      case .absent(let reason), .wrong(let reason):
        entry.refused.append(LedgerEntry.Refused(member, reason))
      }
    }
    await coordinator.endRound()
    state.isMeasured = true
    try note(entry, &state, &ledger)
    tell(.measured(ConsortiumMeasurement(of: entry)))
  }

  private enum Verdict<Found> {
    case believed(Found, ObjectID)
    case absent(String)
    case wrong(String)
  }

  private func verdict<Found>(
    on node: NodeID, in gathered: GatheredAnswers, read: (FleetMessage) throws -> Found
  ) -> Verdict<Found> {
    if let error = gathered.unusable[node] { return .wrong("\(error)") }
    guard let answer = gathered.answers[node] else { return .absent("no answer in time") }
    if case .refusal(let code, _) = answer.content { return .absent("declined (\(code))") }
    guard let message = shelf.name(of: answer) else {
      return .wrong("an answer that pretends to be another's")
    }
    do { return .believed(try read(answer), message) } catch {
      return .wrong((error as? Unbelievable)?.reason ?? "an answer that cannot be read")
    }
  }
}

extension FleetMessage {
  /// Whether a site says that it needs the whole model.
  fileprivate var lacksModel: Bool {
    guard case .refusal(SealedReply.Refusal.lacksModel.rawValue, _) = content else { return false }
    return true
  }
}

extension LedgerEntry.Refused {
  fileprivate init(_ member: ConsortiumRoster.Member, _ reason: String) {
    self.init(name: member.name, key: member.fingerprint, reason: reason)
  }
}

extension ConsortiumRound {
  init(of entry: LedgerEntry, rounds: Int, began: Date, ended: Date) {
    self.init(
      round: entry.round, rounds: rounds,
      contributions: entry.answers.map {
        Contribution(site: $0.name, examples: $0.examples, norm: $0.norm ?? 0)
      },
      refused: entry.refused.map { RefusedSite(site: $0.name, reason: $0.reason) },
      model: entry.modelOut, began: began, ended: ended)
  }
}

extension ConsortiumMeasurement {
  fileprivate init(of entry: LedgerEntry) {
    self.init(
      model: entry.modelIn,
      findings: entry.answers.map {
        Finding(site: $0.name, examples: $0.examples, loss: $0.loss ?? 0)
      },
      refused: entry.refused.map { RefusedSite(site: $0.name, reason: $0.reason) })
  }
}

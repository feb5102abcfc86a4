/// How the rounds of a consortium are led.
public struct ConsortiumPlan: Sendable, Equatable {
  /// How long is waited, and for how many.
  public struct Waits: Sendable, Equatable {
    /// Fewest updates that may change the model.
    public let quorum: Int
    /// For so many sites to be online.
    public let forQuorum: Duration
    /// For the answers of a round.
    public let forRound: Duration

    public init(
      quorum: Int = 2, forQuorum: Duration = .seconds(900), forRound: Duration = .seconds(3_600)
    ) {
      self.quorum = quorum
      self.forQuorum = forQuorum
      self.forRound = forRound
    }
  }

  /// What is not believed, and what it costs.
  public struct Doubt: Sendable, Equatable {
    /// Longest change of all values together (Euclidean), without noise that was asked for; none for
    /// any.
    public let longestChange: Double?
    /// Rounds that a site sits out whose answer could not be believed.
    public let quarantine: Int

    public init(longestChange: Double? = nil, quarantine: Int = 3) {
      self.longestChange = longestChange
      self.quarantine = quarantine
    }
  }

  /// What a site's privacy gate is asked to do; a site may do more.
  public struct Privacy: Sendable, Equatable {
    public let clip: Double
    /// In multiples of the clip.
    public let noise: Double?

    public init(clip: Double, noise: Double? = nil) {
      self.clip = clip
      self.noise = noise
    }
  }

  public let rounds: Int
  public let combination: Combination
  /// A round's work; its seed is counted up with the rounds.
  public let work: RoundTask.Work
  public let privacy: Privacy?
  /// How few bits a value sites are asked to answer in; none for floats.
  public let updateBits: UpdateBits?
  public let waits: Waits
  public let doubt: Doubt

  /// - Throws: ``ConsortiumError/planUnusable(_:)`` for what no site would do, or what could not
  ///   keep its promise.
  public init(
    rounds: Int, combination: Combination = .mean(Strategy()), work: RoundTask.Work,
    privacy: Privacy? = nil, updateBits: UpdateBits? = nil, waits: Waits = Waits(),
    doubt: Doubt = Doubt()
  ) throws(ConsortiumError) {
    func check(_ isRight: Bool, _ rule: String) throws(ConsortiumError) {
      guard isRight else { throw .planUnusable(rule) }
    }
    try check((1...100_000).contains(rounds), "rounds are from 1 to 100000.")
    try check((1...100_000).contains(work.steps), "steps are from 1 to 100000.")
    try check((1...1024).contains(work.batch), "a batch is from 1 to 1024.")
    try check(
      work.learningRate > 0 && work.learningRate <= 1, "a learning rate is above 0, up to 1.")
    try check(work.proximal >= 0 && work.proximal.isFinite, "a proximal pull is 0 or more.")
    try check(waits.quorum >= 1, "a quorum is at least 1.")
    try check(waits.forQuorum > .zero, "sites are waited for more than 0 seconds.")
    // No instruction lives longer.
    try check(
      waits.forRound > .zero && waits.forRound <= .seconds(43_200),
      "answers are waited for more than 0 seconds, up to 12 hours.")
    try check(doubt.quarantine >= 0, "a quarantine is 0 rounds or more.")
    if let longest = doubt.longestChange {
      try check(longest > 0 && longest <= 1e15, "the longest change is above 0, up to 1e15.")
    }
    if let privacy {
      do throws(FederationError) {
        _ = try PrivacyGate(clip: privacy.clip, noise: privacy.noise)
      } catch { throw .planUnusable("\(error)") }
    }
    switch combination {
    case .mean, .median: break
    case .serverAdam(let rate):
      try check(rate > 0 && rate.isFinite, "the server's rate is above 0.")
    case .multiKrum(let liars):
      try check(liars >= 0, "liars are 0 or more.")
      try check(
        waits.quorum >= 2 * liars + 3,
        "multi-Krum against \(liars) liars needs a quorum of \(2 * liars + 3) or more.")
    }
    self.rounds = rounds
    self.combination = combination
    self.work = work
    self.privacy = privacy
    self.updateBits = updateBits
    self.waits = waits
    self.doubt = doubt
  }

  /// The combination's name in the ledger, with FedProx told by the sites' work.
  public var strategy: String {
    if case .mean(let strategy) = combination, strategy.momentum == 0, work.proximal > 0 {
      return "fedprox"
    }
    return combination.name
  }
}

extension ConsortiumPlan {
  /// The longest change that is believed of a model of so many values: the length of the noise that
  /// was asked for comes on top.
  ///
  /// Gaussian noise on n values is longer than √n + 10 deviations once in 10²¹ times (Laurent and
  /// Massart 2000).
  func longestChange(ofValues count: Int) -> Double? {
    let noise = (privacy?.noise ?? 0) * (privacy?.clip ?? 0)
    return doubt.longestChange.map { $0 + noise * (Double(count).squareRoot() + 10) }
  }

  /// What an instruction says beside the model: the keys that sites hold against what they allow.
  func configuration(
    of round: Int, roster: SignedRoster, isFinal: Bool? = nil
  ) -> FleetRecord {
    var values: [(name: String, value: RecordValue)] = [
      ("server-round", .integer(Int64(round))), ("rounds", .integer(Int64(rounds))),
      ("steps", .integer(Int64(work.steps))), ("batch", .integer(Int64(work.batch))),
      ("learning-rate", .double(work.learningRate)), ("proximal-mu", .double(work.proximal)),
      // Flower's integers have a sign.
      ("seed", .integer(Int64(truncatingIfNeeded: (work.seed &+ UInt64(round)) & (.max >> 1)))),
      ("roster", .text(roster.text)), ("roster-signature", .text(roster.signature)),
    ]
    if let privacy {
      values.append(("clip", .double(privacy.clip)))
      if let noise = privacy.noise { values.append(("noise", .double(noise))) }
    }
    if let updateBits {
      values.append((UpdateBits.setting, .integer(Int64(updateBits.rawValue))))
    }
    if let isFinal { values.append(("final", .bool(isFinal))) }
    return .configuration(values)
  }
}

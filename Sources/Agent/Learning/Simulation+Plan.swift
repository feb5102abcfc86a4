public import Federation
public import Triage

extension Simulation {
  /// What to simulate.
  public struct Plan: Sendable {
    public var rounds: Int
    /// Steps a site makes in a round; where nil, as many as take ``passes`` over all lessons.
    public var steps: Int?
    /// How often each round goes through all sites' lessons.
    public var passes = 2
    /// Images of all sites together in one step; sites share it by the square root of what they
    /// have, so that a large site leads and does not drown the small ones.
    public var batch = 44
    /// What the coordinator sets instead: images a step by site.
    public var batches: [String: Int] = [:]
    public var seed: UInt64 = 1
    /// Fewest sites that may change the model; where nil all, but for liars whose changes may be too
    /// long.
    public var quorum: Int?
    /// Whether to train the central and the site-only models too.
    public var compares = true
    /// Validation is scored in every so many rounds, and in the last.
    public var scoredEvery = 1
    public var training = TrainingPlan()
    public var gate: PrivacyGate
    /// To how few bits a value changes are rounded, sites' and the model's; what passes is floats.
    public var updateBits: UpdateBits?
    public var strategy = Strategy(momentum: 0.5, memory: 1.0 / 15)
    /// How else the coordinator makes one model of the sites'; by ``strategy`` where nil.
    public var combination: Combination?
    /// Longest change that is believed; any where nil.
    public var longestChange: Double?
    /// Who lies, and how.
    public var liars: [String: Lie] = [:]

    /// - Throws: `FederationError` never for these defaults.
    public init(rounds: Int) throws {
      precondition(rounds >= 1, "a federation has a round")
      self.rounds = rounds
      gate = try PrivacyGate()
      training.learningRate = 2e-3
      training.averaging = 0
    }

    /// Fewest of these sites that may change the model.
    func quorum(of sites: [String]) -> Int {
      let honest = max(1, longestChange == nil ? sites.count : sites.count - liars.count)
      return min(quorum ?? honest, sites.count)
    }

    /// - Throws: `ConsortiumError` for a combination that could not keep its promise with so few sites.
    func check(quorum: Int) throws {
      guard let combination else { return }
      _ = try ConsortiumPlan(
        rounds: rounds, combination: combination,
        work: RoundTask.Work(
          steps: steps ?? 1, batch: 1, learningRate: Double(training.learningRate),
          proximal: Double(training.proximity), seed: seed),
        waits: ConsortiumPlan.Waits(quorum: quorum))
    }

    /// Each site's part of a step's images: by the square root of its lessons, at least two.
    func batches(for lessons: [String: Int]) -> [String: Int] {
      let total = lessons.values.reduce(0) { $0 + Double($1).squareRoot() }
      return lessons.mapValues { count in
        max(2, Int((Double(batch) * Double(count).squareRoot() / total).rounded()))
      }.merging(batches.filter { lessons[$0.key] != nil }) { _, set in set }
    }

    /// Steps of a round in which the sites share a step's images so.
    func steps(for lessons: [String: Int], batches: [String: Int]) -> Int {
      let images = batches.values.reduce(0, +)
      return steps ?? max(1, (lessons.values.reduce(0, +) * passes + images - 1) / images)
    }
  }
}

extension Configuration {
  /// What a site demands before anything of it leaves for a federation: `[federation]`.
  ///
  /// A task that promises less is refused, whoever asks.
  public struct Federation: Sendable, Equatable {
    /// Longest change of all values together that may leave, as a Euclidean norm; nil for any.
    public let longestChange: Double?
    /// Least noise on it, in multiples of the longest change the task allows; nil for none.
    public let leastNoise: Double?
    /// Most ε that everything together may give away, at ``delta``; nil for no budget.
    public let mostEpsilon: Double?
    public let delta: Double
    /// Most steps of one round.
    public let mostSteps: Int
    /// A round that takes longer ends with the steps it has made.
    public let mostTime: Duration

    /// Demands no privacy of a task, and bounds the work.
    public static let usual = Federation(
      longestChange: nil, leastNoise: nil, mostEpsilon: nil, delta: 1e-5, mostSteps: 10_000,
      mostTime: .seconds(7200))

    public init(
      longestChange: Double?, leastNoise: Double?, mostEpsilon: Double?, delta: Double,
      mostSteps: Int, mostTime: Duration
    ) {
      self.longestChange = longestChange
      self.leastNoise = leastNoise
      self.mostEpsilon = mostEpsilon
      self.delta = delta
      self.mostSteps = mostSteps
      self.mostTime = mostTime
    }
  }
}

extension Configuration.Federation {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    let usual = Self.usual
    self.init(
      longestChange: try settings.number("longest_change", in: 1e-30...1e30),
      leastNoise: try settings.number("least_noise", in: 0.1...1_000),
      mostEpsilon: try settings.number("most_epsilon", in: 1e-6...1e6),
      delta: try settings.number("delta", in: 1e-30...0.1) ?? usual.delta,
      mostSteps: try settings.whole("most_steps", in: 1...100_000) ?? usual.mostSteps,
      mostTime: try settings.whole("most_minutes", in: 1...720).map { .seconds($0 * 60) }
        ?? usual.mostTime)
    // Noise is measured in clips: without one it measures nothing.
    guard leastNoise == nil || longestChange != nil else {
      throw settings.wrong("least_noise", "needs longest_change beside it")
    }
    guard mostEpsilon == nil || leastNoise != nil else {
      throw settings.wrong("most_epsilon", "needs least_noise beside it")
    }
  }
}

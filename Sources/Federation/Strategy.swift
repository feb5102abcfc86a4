import Engine

/// How a coordinator makes one model of many changes.
public struct Strategy: Sendable, Equatable {
  /// What an update weighs.
  public enum Weighting: Sendable, Equatable {
    /// As many lessons, so much weight (McMahan et al. 2017, algorithm 1).
    case lessons
    /// The square root of it: a large site leads, but does not drown the small ones.
    case squareRoot
    /// Every site the same.
    case equal
  }

  public let weighting: Weighting
  /// Share of the last round's step that is kept; 0 for plain FedAvg.
  ///
  /// Source: Hsu et al. 2019, FedAvgM.
  public let momentum: Double

  /// How far back the moving mean of the models reaches, as a share of all rounds; 0 for the last
  /// round's model alone.
  ///
  /// A share, because twenty rounds change a model as much as five hundred short ones.
  public let memory: Double

  /// Plain FedAvg unless told otherwise.
  public init(weighting: Weighting = .lessons, momentum: Double = 0, memory: Double = 0) {
    precondition((0..<1).contains(momentum), "momentum is from 0 to below 1")
    precondition((0...1).contains(memory), "memory is a share")
    self.weighting = weighting
    self.momentum = momentum
    self.memory = memory
  }

  /// The moving mean after one more round; short at first, or the beginning would linger.
  func mean(
    _ mean: Parameters, after round: Int, of rounds: Int, with model: Parameters
  ) -> Parameters {
    let reach = max(1, memory * Double(rounds))
    let keep = min(1 - 1 / reach, Double(round) / Double(round + 9))
    return keep == 0 ? model : mean.adding(model.subtracting(mean), scaled: Float(1 - keep))
  }

  func weight(lessons: Int) -> Double {
    switch weighting {
    case .lessons: Double(lessons)
    case .squareRoot: Double(lessons).squareRoot()
    case .equal: 1
    }
  }

  /// The mean change, in the order given, with the last step's momentum.
  ///
  /// - Returns: the step to add to the model.
  /// - Throws: ``FederationError/wrongShape`` if the changes do not fit each other.
  func step(
    _ updates: [ReceivedUpdate], after last: Parameters?
  ) throws(FederationError) -> Parameters {
    precondition(!updates.isEmpty, "a mean needs at least one update")
    let parts = updates.map { (parameters: $0.change, weight: weight(lessons: $0.lessons)) }
    guard let mean = try? Parameters.weightedMean(parts) else { throw .wrongShape }
    guard momentum > 0, let last else { return mean }
    return mean.adding(last, scaled: Float(momentum))
  }
}

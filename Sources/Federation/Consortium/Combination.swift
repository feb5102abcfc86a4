import Engine

/// How one model is made of the models that sites bring.
public enum Combination: Sendable, Equatable {
  /// FedAvg, with momentum where the strategy has some. FedProx is the same here: its pull is the
  /// sites' work.
  case mean(Strategy)
  /// Adam over the rounds (Reddi et al. 2021, algorithm 2), with Flower's constants.
  case serverAdam(rate: Double)
  /// The middle of the sites for each value (Yin et al. 2018): fewer than half may lie.
  case median
  /// The mean of the models that lie closest to the others (Blanchard et al. 2017); the quorum is
  /// at least twice the liars and three.
  case multiKrum(liars: Int)

  /// Its name in the ledger.
  public var name: String {
    switch self {
    case .mean(let strategy): strategy.momentum > 0 ? "fedavgm" : "fedavg"
    case .serverAdam: "fedadam"
    case .median: "fedmedian"
    case .multiKrum: "multikrum"
    }
  }
}

/// The model between two rounds, with what its combination remembers of the rounds before.
struct Standing: Sendable, Equatable {
  var model: Parameters
  /// Of the model's shape, by name.
  var moments: [String: Parameters] = [:]
}

/// What a combination looks at of a site's update.
struct SiteModel: Sendable {
  let model: Parameters
  let examples: Int
}

extension Combination {
  private static let velocity = "velocity"
  private static let (first, second) = ("first", "second")
  private static let (keepFirst, keepSecond, floor) = (0.9, 0.99, 1e-3)

  /// The standing after a round.
  ///
  /// Updates count in the order given, so that equal rounds make equal bits.
  /// - Returns: none if the next model would have values that are no numbers.
  func next(
    after last: Standing, round: Int, with updates: [BelievedUpdate], quorum: Int
  ) -> Standing? {
    next(
      after: last, round: round,
      with: updates.map { SiteModel(model: $0.model, examples: $0.examples) }, quorum: quorum)
  }

  /// The same of models from wherever.
  func next(
    after last: Standing, round: Int, with updates: [SiteModel], quorum: Int
  ) -> Standing? {
    precondition(!updates.isEmpty, "a model is made of at least one update")
    var next: Standing
    switch self {
    case .mean(let strategy):
      next = Standing(model: Self.mean(updates) { strategy.weight(lessons: $0.examples) })
      if strategy.momentum > 0 {
        var step = next.model.subtracting(last.model)
        if let before = last.moments[Self.velocity] {
          step = step.adding(before, scaled: Float(strategy.momentum))
        }
        next = Standing(
          model: last.model.adding(step, scaled: 1), moments: [Self.velocity: step])
      }
    case .serverAdam(let rate):
      let mean = Self.mean(updates) { Double($0.examples) }
      next = Self.adam(last, towards: mean, round: round, rate: rate)
    case .median: next = Standing(model: Self.median(updates.map(\.model)))
    case .multiKrum(let liars):
      // Each counts the same: a liar would choose how much its own model weighs.
      let kept = Self.closest(updates, liars: liars, kept: quorum - liars)
      next = Standing(model: Self.mean(kept) { _ in 1 })
    }
    let isFinite = next.model.isFinite && next.moments.values.allSatisfy(\.isFinite)
    return isFinite ? next : nil
  }

  private static func mean(
    _ updates: [SiteModel], weight: (SiteModel) -> Double
  ) -> Parameters {
    let parts = updates.map { (parameters: $0.model, weight: weight($0)) }
    guard let mean = try? Parameters.weightedMean(parts) else {
      preconditionFailure("believed updates have one shape and weigh something")
    }
    return mean
  }

  private static func adam(
    _ last: Standing, towards mean: Parameters, round: Int, rate: Double
  ) -> Standing {
    let none = last.model.scaled(by: 0)
    var (one, two) = (last.moments[first] ?? none, last.moments[second] ?? none)
    var model = last.model
    // As Flower counts, from the second power on.
    let powers = (power(keepFirst, round + 1), power(keepSecond, round + 1))
    let corrected = rate * (1 - powers.1).squareRoot() / (1 - powers.0)
    for entry in model.entries.indices {
      for place in model.entries[entry].values.indices {
        let old = Double(model.entries[entry].values[place])
        let change = Double(mean.entries[entry].values[place]) - old
        let m =
          keepFirst * Double(one.entries[entry].values[place]) + (1 - keepFirst) * change
        let v =
          keepSecond * Double(two.entries[entry].values[place])
          + (1 - keepSecond) * change * change
        one.entries[entry].values[place] = Float(m)
        two.entries[entry].values[place] = Float(v)
        model.entries[entry].values[place] = Float(
          old + corrected * m / (v.squareRoot() + floor))
      }
    }
    return Standing(model: model, moments: [first: one, second: two])
  }

  /// By multiplication: the same bits whatever the C library.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { power, _ in power * base }
  }

  private static func median(_ models: [Parameters]) -> Parameters {
    var result = models[0]
    let middle = models.count / 2
    var values = [Float](repeating: 0, count: models.count)
    for entry in result.entries.indices {
      for place in result.entries[entry].values.indices {
        for (index, model) in models.enumerated() {
          values[index] = model.entries[entry].values[place]
        }
        values.sort()
        result.entries[entry].values[place] =
          models.count % 2 == 1
          ? values[middle] : Float((Double(values[middle - 1]) + Double(values[middle])) / 2)
      }
    }
    return result
  }

  /// Those whose models have the shortest way to all but the liars and themselves.
  private static func closest(
    _ updates: [SiteModel], liars: Int, kept: Int
  ) -> [SiteModel] {
    let scores = updates.indices.map { index in
      let ways = updates.indices.filter { $0 != index }
        .map { squaredDistance(updates[index].model, updates[$0].model) }
      return ways.sorted().prefix(max(1, updates.count - liars - 2)).reduce(0, +)
    }
    let best = updates.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(kept)
    return best.sorted().map { updates[$0] }
  }

  private static func squaredDistance(_ one: Parameters, _ other: Parameters) -> Double {
    zip(one.entries, other.entries).reduce(0) { sum, entries in
      zip(entries.0.values, entries.1.values).reduce(sum) { sum, values in
        let difference = Double(values.0) - Double(values.1)
        return sum + difference * difference
      }
    }
  }
}

extension Parameters {
  /// These values plus `scale` times the other's.
  ///
  /// Both have the same shape; see ``isShaped(like:)``.
  public func adding(_ other: Parameters, scaled scale: Float = 1) -> Parameters {
    combined(with: other) { $0 + scale * $1 }
  }

  /// These values minus the other's; both have the same shape.
  public func subtracting(_ other: Parameters) -> Parameters {
    combined(with: other) { $0 - $1 }
  }

  /// Adds `scale` times the other's values to these, without a second copy of a large model.
  ///
  /// Both have the same shape; the result is that of ``adding(_:scaled:)`` to the bit.
  public mutating func add(_ other: Parameters, scaled scale: Float = 1) {
    precondition(isShaped(like: other), "arithmetic needs parameters of one shape")
    for index in entries.indices {
      let theirs = other.entries[index].values
      entries[index].values.change { $0 + scale * theirs[$1] }
    }
  }

  /// Takes the other's values from these, as ``subtracting(_:)`` does, in place.
  public mutating func subtract(_ other: Parameters) { add(other, scaled: -1) }

  /// Every value times `factor`, in place.
  public mutating func scale(by factor: Float) {
    for index in entries.indices { entries[index].values.change { value, _ in factor * value } }
  }

  /// Every value times `factor`.
  public func scaled(by factor: Float) -> Parameters {
    var result = self
    for index in result.entries.indices {
      for position in result.entries[index].values.indices {
        result.entries[index].values[position] *= factor
      }
    }
    return result
  }

  /// Euclidean length over all values, summed in double precision and entry order.
  public var norm: Double {
    var sum = 0.0
    for entry in entries {
      for value in entry.values { sum += Double(value) * Double(value) }
    }
    return sum.squareRoot()
  }

  /// Whether no value is NaN or infinite.
  public var isFinite: Bool {
    entries.allSatisfy(\.values.isFinite)
  }

  /// The mean of several parameters, each counting as much as its weight.
  ///
  /// Sums in double precision and in the order given, so equal inputs give equal bits.
  /// - Throws: ``EngineError/invalidOption(name:problem:)`` if there are none, or a weight is
  ///   negative or not finite, or all weights are zero;
  ///   ``EngineError/parametersDoNotFit(entry:)`` if shapes differ.
  public static func weightedMean(
    _ parts: [(parameters: Parameters, weight: Double)]
  ) throws(EngineError) -> Parameters {
    guard let first = parts.first?.parameters else {
      throw .invalidOption(name: "weighted mean", problem: "there is nothing to average")
    }
    let total = parts.reduce(0) { $0 + $1.weight }
    guard parts.allSatisfy({ $0.weight.isFinite && $0.weight >= 0 }), total > 0, total.isFinite
    else {
      throw .invalidOption(name: "weighted mean", problem: "weights are zero or more, not all zero")
    }
    for part in parts {
      if let entry = part.parameters.firstDifference(from: first) {
        throw .parametersDoNotFit(entry: entry)
      }
    }
    var result = first
    for index in result.entries.indices {
      var sums = [Double](repeating: 0, count: result.entries[index].values.count)
      for part in parts {
        let share = part.weight / total
        let values = part.parameters.entries[index].values
        for position in sums.indices { sums[position] += share * Double(values[position]) }
      }
      result.entries[index].values = sums.map { Float($0) }
    }
    return result
  }

  private func combined(
    with other: Parameters, _ operation: (Float, Float) -> Float
  ) -> Parameters {
    precondition(isShaped(like: other), "arithmetic needs parameters of one shape")
    var result = self
    for index in result.entries.indices {
      let theirs = other.entries[index].values
      for position in theirs.indices {
        result.entries[index].values[position] = operation(
          result.entries[index].values[position], theirs[position])
      }
    }
    return result
  }
}

extension [Float] {
  /// Replaces every value by what is made of it and of its place.
  fileprivate mutating func change(_ operation: (Float, Int) -> Float) {
    for place in indices { self[place] = operation(self[place], place) }
  }
}

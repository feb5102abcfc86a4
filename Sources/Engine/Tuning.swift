/// Which algorithm computes each convolution of a network, measured once and kept.
///
/// Algorithms differ in the last bits of what they give, and machines in which is fastest: with the
/// same tuning an image gives the same bits again.
public struct Tuning: Codable, Sendable, Equatable {
  /// By the name of the convolution's node; what is not named goes by its sizes.
  public let algorithms: [String: ConvolutionAlgorithm]

  public init(algorithms: [String: ConvolutionAlgorithm]) { self.algorithms = algorithms }

  /// Every convolution goes by its sizes: the same on every machine, and nothing to measure.
  public static let bySize = Tuning(algorithms: [:])

  /// Measures which algorithm is fastest here for each convolution, on one image.
  ///
  /// Takes as long as some eighty runs of the network and as much memory as one ``Inference`` of
  /// it. What is fastest by a hair may differ from one call to the next.
  ///
  /// - Parameters:
  ///   - network: what will be computed.
  ///   - parameters: its weights.
  ///   - threads: at work; the processors of the machine where nil.
  /// - Throws: what ``Inference/init(_:_:batch:threads:tuning:quantization:)`` throws.
  public init(
    measuring network: Network, _ parameters: Parameters, threads: Int? = nil
  ) throws(EngineError) {
    var best: [String: (algorithm: ConvolutionAlgorithm, time: Duration)] = [:]
    for algorithm in ConvolutionAlgorithm.allCases {
      let everywhere = Tuning(
        algorithms: Dictionary(
          uniqueKeysWithValues: network.convolutionNames.map { ($0, algorithm) }))
      let inference = try Inference(network, parameters, threads: threads, tuning: everywhere)
      for (name, time) in try inference.convolutionTimes(of: algorithm)
      where best[name].map({ time < $0.time }) ?? true {
        best[name] = (algorithm, time)
      }
    }
    self.init(algorithms: best.mapValues(\.algorithm))
    if try Self.bySize.time(network, parameters, threads) < time(network, parameters, threads) {
      // A sum of steps is not the whole: they share the caches.
      self = .bySize
    }
  }

  /// Whether it names nothing but convolutions of the network.
  public func fits(_ network: Network) -> Bool {
    network.convolutionNames.isSuperset(of: algorithms.keys)
  }

  private func time(
    _ network: Network, _ parameters: Parameters, _ threads: Int?
  ) throws(EngineError) -> Duration {
    try Inference(network, parameters, threads: threads, tuning: self).shortestRun()
  }
}

extension Network {
  /// Nodes that are convolutions, but for transposed ones.
  var convolutionNames: Set<String> {
    Set(
      nodes.compactMap { node in
        switch node.operation {
        case .convolution, .groupedConvolution: node.name
        default: nil
        }
      })
  }
}

extension Inference {
  /// Runs until the fastest is known well enough.
  private static let rounds = 12

  private var sample: [Float] {
    (0..<network.input.count).map { Float($0 % 251) / 251 }
  }

  fileprivate func shortestRun() throws(EngineError) -> Duration {
    let sample = sample
    var shortest = Duration.seconds(Int64.max)
    for _ in 0..<Self.rounds {
      let begin = ContinuousClock.now
      _ = try run(sample)
      shortest = min(shortest, ContinuousClock.now - begin)
    }
    return shortest
  }

  /// The shortest time of each convolution that the algorithm computes, by node.
  fileprivate func convolutionTimes(
    of algorithm: ConvolutionAlgorithm
  ) throws(EngineError) -> [String: Duration] {
    let sample = sample
    var times: [String: Duration] = [:]
    for _ in 0..<Self.rounds {
      for (name, time) in try timeConvolutions(sample, by: algorithm) {
        times[name] = min(time, times[name] ?? time)
      }
    }
    return times
  }
}

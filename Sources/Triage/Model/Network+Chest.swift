public import Engine

extension Network {
  /// The network that reads chest radiographs: a small residual net that ends in a map.
  ///
  /// Strided 3 × 3 convolutions with group norm (no batch statistics, which differ between
  /// hospitals), residual blocks where the map is small already, and a 1 × 1 convolution whose
  /// one channel is the evidence at each place.
  /// - Parameters:
  ///   - side: pixels along one side of the input.
  ///   - widths: channels of each stage, multiples of 16; every stage halves the map.
  ///   - blocks: residual blocks in each stage.
  /// - Returns: the network, without weights.
  /// - Throws: ``TriageError/engineFailed(_:)`` if the numbers do not make a network.
  public static func chest(
    side: Int = 128, widths: [Int] = [16, 32, 64, 128], blocks: [Int] = [0, 1, 2, 1]
  ) throws(TriageError) -> Network {
    precondition(widths.count == blocks.count, "every stage has its width and its blocks")
    do {
      var build = NetworkBuilder(input: Shape(channels: 1, height: side, width: side))
      var x = build.image
      for (stage, (width, count)) in zip(widths, blocks).enumerated() {
        let groups = max(1, width / 16)
        let name = "stage\(stage + 1)"
        x = build.convolution("\(name).down", x, channels: width, stride: 2)
        x = build.relu(build.groupNorm("\(name).norm", x, groups: groups))
        for block in 0..<count {
          x = build.residualBlock("\(name).block\(block + 1)", x, channels: width, groups: groups)
        }
      }
      x = build.convolution("evidence", x, channels: 1, kernel: 1, bias: true)
      return try build.network(output: x)
    } catch {
      throw TriageError(error)
    }
  }

  /// Weights to begin with: residual blocks start as the identity, and the evidence near 0.
  public func freshParameters(seed: UInt64) -> Parameters {
    var parameters = initialParameters(seed: seed, outputScale: 0.1)
    for index in parameters.entries.indices
    where parameters.entries[index].name.hasSuffix(".norm2.weight") {
      let count = parameters.entries[index].values.count
      parameters.entries[index].values = [Float](repeating: 0, count: count)
    }
    return parameters
  }
}

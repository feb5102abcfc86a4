extension Network {
  /// Name and shape of every array the network learns, in network order.
  ///
  /// A convolution has `<node>.weight` `[outputs, inputs, kernel, kernel]` and, with bias,
  /// `<node>.bias` `[outputs]`; a grouped one counts the inputs of one group, a transposed one
  /// has `[inputs, outputs, kernel, kernel]`. A norm has `<node>.weight` and `<node>.bias`
  /// `[channels]`, a batch norm `<node>.mean` and `<node>.variance` besides.
  var parameterShapes: [(name: String, shape: [Int])] {
    zip(nodes, shapes).flatMap { node, shape -> [(name: String, shape: [Int])] in
      let inputs = self.shape(of: node.inputs[0]).channels
      func weighted(_ extents: [Int], bias: Bool) -> [(name: String, shape: [Int])] {
        [("\(node.name).weight", extents)] + (bias ? [("\(node.name).bias", [shape.channels])] : [])
      }
      func byChannel(_ names: String...) -> [(name: String, shape: [Int])] {
        names.map { ("\(node.name).\($0)", [shape.channels]) }
      }
      switch node.operation {
      case .convolution(let channels, let kernel, _, _, let bias):
        return weighted([channels, inputs, kernel, kernel], bias: bias)
      case .groupedConvolution(let channels, let kernel, _, _, let groups, let bias):
        return weighted([channels, inputs / groups, kernel, kernel], bias: bias)
      case .transposedConvolution(let channels, let kernel, _, _, let bias):
        return weighted([inputs, channels, kernel, kernel], bias: bias)
      case .groupNorm: return byChannel("weight", "bias")
      case .batchNorm: return byChannel("weight", "bias", "mean", "variance")
      default: return []
      }
    }
  }

  /// Indices of the arrays that follow the batches: means and variances of batch norms.
  var rememberedParameters: Set<Int> {
    let norms = Set(
      nodes.flatMap { node -> [String] in
        guard case .batchNorm = node.operation else { return [] }
        return ["\(node.name).mean", "\(node.name).variance"]
      })
    let shapes = parameterShapes
    return Set(shapes.indices.filter { norms.contains(shapes[$0].name) })
  }

  /// Refuses parameters made for another network.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` with the first difference,
  ///   ``EngineError/notFinite(what:)`` if a value is NaN or infinite.
  public func check(_ parameters: Parameters) throws(EngineError) {
    let expected = parameterShapes
    for (index, entry) in parameters.entries.enumerated() {
      guard index < expected.count, entry.name == expected[index].name else {
        throw .parametersDoNotFit(entry: entry.name)
      }
      guard entry.shape == expected[index].shape, entry.values.count == entry.shape.reduce(1, *)
      else {
        throw .parametersDoNotFit(
          entry: entry.name, expected: expected[index].shape, got: entry.shape)
      }
    }
    guard parameters.entries.count == expected.count else {
      throw .parametersDoNotFit(entry: expected[parameters.entries.count].name)
    }
    guard parameters.isFinite else { throw .notFinite(what: "weights") }
  }

  /// Weights to begin learning with; the same seed gives the same bits on every machine.
  ///
  /// Convolutions draw evenly from ±√(6 / inputs of one output) (He et al. 2015,
  /// `arXiv:1502.01852`), biases are 0, norms scale by 1 and shift by 0. Each array has its own
  /// stream, so adding a node leaves the others' numbers alone.
  /// - Parameters:
  ///   - seed: chooses the draw.
  ///   - outputScale: factor on the weights of the output node, where it is a convolution.
  ///   - outputBias: bias of the output node, where it has one; the log odds of a rare finding
  ///     spare the first epochs.
  /// - Returns: parameters that fit this network.
  public func initialParameters(
    seed: UInt64, outputScale: Float = 1, outputBias: Float = 0
  ) -> Parameters {
    // A scale or a variance begins as 1.
    let ones = Set(
      nodes.flatMap { node -> [String] in
        switch node.operation {
        case .groupNorm: ["\(node.name).weight"]
        case .batchNorm: ["\(node.name).weight", "\(node.name).variance"]
        default: []
        }
      })
    return Parameters(
      entries: parameterShapes.map { name, shape in
        let count = shape.reduce(1, *)
        var values = [Float](repeating: ones.contains(name) ? 1 : 0, count: count)
        if shape.count == 4 {
          var random = SplitMix64(seed: seed, stream: name)
          let reach = (6 / Float(shape[1...].reduce(1, *))).squareRoot()
          let scale = name == "\(output).weight" ? reach * outputScale : reach
          values = values.map { _ in random.nextSigned() * scale }
        } else if name == "\(output).bias", !ones.contains("\(output).weight") {
          values = values.map { _ in outputBias }
        }
        return Parameters.Entry(name: name, shape: shape, values: values)
      })
  }
}

/// A small random generator whose numbers are the same everywhere.
///
/// Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  /// Streams of different names share nothing; the name is mixed in by FNV-1a.
  init(seed: UInt64, stream: String = "") {
    let mixed = stream.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    state = seed ^ mixed
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Even over -1 to 1, in steps of 2^-23.
  mutating func nextSigned() -> Float {
    Float(Int32(truncatingIfNeeded: next() >> 40) - (1 << 23)) / Float(1 << 23)
  }
}

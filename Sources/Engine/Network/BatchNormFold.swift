import Synchronization

/// A network whose batch norms went into the convolutions before them; it computes the same.
///
/// A norm stays where its convolution's values are needed elsewhere, or where none comes before.
struct BatchNormFold: Sendable {
  let network: Network
  /// For each array of the new network, the array of the old one it is made of.
  private var sources: [Source] = []
  /// The old network's arrays that are variances.
  private let variances: [Int]

  private struct Norm {
    let name: String
    let epsilon: Float
  }

  fileprivate enum Source: Sendable {
    case same(Int)
    /// A convolution's weight; its outputs are counted by the first extent, or by the second.
    case weight(Int, outputsFirst: Bool, norm: [Int], Float)
    case bias(Int?, norm: [Int], Float)
  }

  init(_ network: Network) {
    let shapes = network.parameterShapes
    variances = network.rememberedParameters.filter { shapes[$0].name.hasSuffix(".variance") }
    let norms = Self.norms(in: network)
    let folded = Set(norms.values.map(\.name))
    // Whoever used the norm uses the convolution.
    let renamed = Dictionary(uniqueKeysWithValues: norms.map { ($1.name, $0) })
    var nodes: [Network.Node] = []
    for node in network.nodes where !folded.contains(node.name) {
      nodes.append(
        Network.Node(
          name: node.name,
          operation: norms[node.name] == nil ? node.operation : node.operation.withBias,
          inputs: node.inputs.map { renamed[$0] ?? $0 }))
    }
    let output = renamed[network.output] ?? network.output
    guard let result = try? Network(input: network.input, nodes: nodes, output: output) else {
      preconditionFailure("the same maps in the same order")
    }
    self.network = result

    let old = Dictionary(
      uniqueKeysWithValues: network.parameterShapes.enumerated().map { ($1.name, $0) })
    let transposed = Set(result.nodes.filter { $0.operation.isTransposed }.map(\.name))
    for (name, _) in result.parameterShapes {
      let node = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
      guard let norm = norms[node] else {
        sources.append(.same(old[name, default: 0]))
        continue
      }
      let arrays = ["weight", "bias", "mean", "variance"].map {
        old["\(norm.name).\($0)", default: 0]
      }
      sources.append(
        name.hasSuffix(".weight")
          ? .weight(
            old[name, default: 0], outputsFirst: !transposed.contains(node), norm: arrays,
            norm.epsilon)
          : .bias(old[name], norm: arrays, norm.epsilon))
    }
  }

  /// The norm that each convolution takes in, by the convolution's name.
  private static func norms(in network: Network) -> [String: Norm] {
    let nodes = Dictionary(uniqueKeysWithValues: network.nodes.map { ($0.name, $0) })
    var uses = [network.output: 1]
    for node in network.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    var norms: [String: Norm] = [:]
    for node in network.nodes {
      guard case .batchNorm(let epsilon) = node.operation else { continue }
      let before = node.inputs[0]
      guard uses[before] == 1, nodes[before]?.operation.isConvolution == true else { continue }
      norms[before] = Norm(name: node.name, epsilon: epsilon)
    }
    return norms
  }

  /// The new network's parameters, each made of the old one's when it is asked for.
  final class Folded: Sendable {
    private let fold: BatchNormFold
    private let old: Mutex<Parameters>

    fileprivate init(_ fold: BatchNormFold, _ old: consuming Parameters) {
      self.fold = fold
      self.old = Mutex(old)
    }

    /// Values of one array of the new network.
    func values(_ index: Plan.ParameterIndex) -> [Float] {
      fold.values(fold.sources[index], old.withLock { $0 })
    }

    /// Values of a convolution's weight, which will not be asked for again: what they are made of
    /// is let go.
    func take(_ index: Plan.ParameterIndex) -> [Float] {
      let source = fold.sources[index]
      guard case .same(let place) = source else {
        guard case .weight(let place, let outputsFirst, let norm, let epsilon) = source else {
          return values(index)
        }
        let scales = old.withLock { BatchNormFold.scales(norm, epsilon, $0) }
        let shape = old.withLock { $0.entries[place].shape }
        var weight = old.withLock { $0.entries[place].takeValues() }
        weight.scale(by: scales, shape, outputsFirst: outputsFirst)
        return weight
      }
      return old.withLock { $0.entries[place].takeValues() }
    }
  }

  func parameters(_ old: consuming Parameters) -> Folded { Folded(self, old) }

  /// Whether every norm's variance can be one, as the old network's parameters have it.
  func isSound(_ old: Parameters) -> Bool {
    variances.allSatisfy { index in old.entries[index].values.allSatisfy { $0 >= 0 } }
  }

  private static func scales(
    _ norm: [Int], _ epsilon: Float, _ old: Parameters
  ) -> [Double] {
    zip(old.entries[norm[0]].values, old.entries[norm[3]].values).map {
      Double($0) / (Double($1) + Double(epsilon)).squareRoot()
    }
  }

  private func values(_ source: Source, _ old: Parameters) -> [Float] {
    switch source {
    case .same(let index): return old.entries[index].values
    case .weight(let index, let outputsFirst, let norm, let epsilon):
      let entry = old.entries[index]
      var values = entry.values
      values.scale(
        by: Self.scales(norm, epsilon, old), entry.shape, outputsFirst: outputsFirst)
      return values
    case .bias(let index, let norm, let epsilon):
      let scales = Self.scales(norm, epsilon, old)
      return scales.indices.map { channel in
        let before = index.map { Double(old.entries[$0].values[channel]) } ?? 0
        let mean = Double(old.entries[norm[2]].values[channel])
        return Float(
          (before - mean) * scales[channel] + Double(old.entries[norm[1]].values[channel]))
      }
    }
  }
}

extension Parameters.Entry {
  /// The values, of which nothing stays here.
  fileprivate mutating func takeValues() -> [Float] {
    var taken: [Float] = []
    swap(&taken, &values)
    return taken
  }
}

extension [Float] {
  /// Multiplies the weights of each output of a convolution.
  fileprivate mutating func scale(by scales: [Double], _ shape: [Int], outputsFirst: Bool) {
    let taps = shape[2] * shape[3]
    let size = outputsFirst ? shape[1] * taps : taps
    withUnsafeMutableBufferPointer { values in
      for (piece, start) in stride(from: 0, to: values.count, by: size).enumerated() {
        let scale = Float(scales[piece % scales.count])
        for place in start..<start + size { values[place] *= scale }
      }
    }
  }
}

extension Network.Operation {
  fileprivate var isConvolution: Bool {
    switch self {
    case .convolution, .groupedConvolution, .transposedConvolution: true
    default: false
    }
  }

  fileprivate var isTransposed: Bool {
    if case .transposedConvolution = self { true } else { false }
  }

  fileprivate var withBias: Self {
    switch self {
    case .convolution(let channels, let kernel, let stride, let padding, _):
      .convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, bias: true)
    case .groupedConvolution(let channels, let kernel, let stride, let padding, let groups, _):
      .groupedConvolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups,
        bias: true)
    case .transposedConvolution(let channels, let kernel, let stride, let padding, _):
      .transposedConvolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, bias: true)
    default: self
    }
  }
}

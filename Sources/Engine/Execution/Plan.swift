/// A network lowered to few steps: dead nodes gone, norm, sum and ReLU joined where they follow
/// each other.
struct Plan {
  /// Index of an array in ``Network/parameterShapes``.
  typealias ParameterIndex = Int
  /// Index of a map; 0 is the image.
  typealias MapIndex = Int

  enum Operation: Equatable {
    case convolution(
      kernel: Int, stride: Int, padding: Int, weight: ParameterIndex, bias: ParameterIndex?)
    /// Norm of the input, plus the second input where there is one, then ReLU where told.
    case norm(groups: Int, weight: ParameterIndex, bias: ParameterIndex, relu: Bool)
    /// The input plus the second input where there is one, then ReLU where told.
    case sum(relu: Bool)
    case maxPool(kernel: Int, stride: Int, padding: Int)
    case averagePool(height: Int, width: Int, stride: Int, padding: Int)
    case upsample(factor: Int)
  }

  struct Step: Equatable {
    let operation: Operation
    let input: MapIndex
    let second: MapIndex?
    let output: MapIndex
  }

  private(set) var steps: [Step] = []
  /// Shape of each map for one image.
  private(set) var shapes: [Network.Shape]
  /// Whether the image stays `[channels, height, width]`: oneDNN's first layers read that, where
  /// there are at most 3 channels.
  private(set) var imageIsPlain = true
  var output: MapIndex { steps.last?.output ?? 0 }

  init(_ network: Network) {
    shapes = [network.input]
    let lowering = Lowering(network)
    var maps = [Network.image: 0]
    for (name, step) in lowering.steps {
      shapes.append(network.shape(of: name))
      maps[name] = shapes.count - 1
      guard let input = maps[step.input] else { preconditionFailure("inputs come first") }
      steps.append(
        Step(
          operation: step.operation, input: input, second: step.second.flatMap { maps[$0] },
          output: shapes.count - 1))
    }
    imageIsPlain =
      network.input.channels <= 3
      && steps.allSatisfy { step in
        if case .convolution = step.operation { return true }
        return step.input != 0 && step.second != 0
      }
  }

  /// Whether a map depends on anything learned, so that its gradient is of use.
  var learns: [Bool] {
    var learns = [Bool](repeating: false, count: shapes.count)
    for step in steps {
      switch step.operation {
      case .convolution, .norm: learns[step.output] = true
      default: learns[step.output] = learns[step.input] || step.second.map { learns[$0] } ?? false
      }
    }
    return learns
  }
}

/// Chooses which nodes become steps, and which join the step of a later node.
private struct Lowering {
  typealias NamedStep = (input: String, second: String?, operation: Plan.Operation)

  private let network: Network
  private let nodes: [String: Network.Node]
  private let parameters: [String: Int]
  private var uses: [String: Int] = [:]
  private var absorbed: Set<String> = []
  /// Each step under the name of the node whose values it leaves.
  private(set) var steps: [(name: String, step: NamedStep)] = []

  init(_ network: Network) {
    self.network = network
    nodes = Dictionary(uniqueKeysWithValues: network.nodes.map { ($0.name, $0) })
    parameters = Dictionary(
      uniqueKeysWithValues: network.parameterShapes.enumerated().map { ($1.name, $0) })
    let live = Self.live(in: network)
    let nodes = network.nodes.filter { live.contains($0.name) }
    for node in nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    for node in nodes { absorb(into: node) }
    for node in nodes where !absorbed.contains(node.name) {
      steps.append((node.name, step(for: node)))
      // The output is the last step: nothing that it does not need is live.
    }
  }

  /// Names of the nodes that the output needs.
  private static func live(in network: Network) -> Set<String> {
    var live: Set = [network.output]
    for node in network.nodes.reversed() where live.contains(node.name) {
      live.formUnion(node.inputs)
    }
    return live
  }

  /// A ReLU takes in the norm or sum before it, a sum takes in one norm; each only where nobody
  /// else needs the value between.
  private mutating func absorb(into node: Network.Node) {
    switch node.operation {
    case .relu:
      switch nodes[node.inputs[0]]?.operation {
      case .groupNorm, .add: if isPrivate(node.inputs[0]) { absorbed.insert(node.inputs[0]) }
      default: break
      }
    case .add:
      if let norm = node.inputs.first(where: { isNorm($0) && isPrivate($0) }) {
        absorbed.insert(norm)
      }
    default: break
    }
  }

  private func isPrivate(_ name: String) -> Bool { uses[name] == 1 && name != network.output }

  private func isNorm(_ name: String) -> Bool {
    if case .groupNorm = nodes[name]?.operation { true } else { false }
  }

  private func step(for node: Network.Node) -> NamedStep {
    let input = node.inputs[0]
    switch node.operation {
    case .convolution(_, let kernel, let stride, let padding, let bias):
      return (
        input, nil,
        .convolution(
          kernel: kernel, stride: stride, padding: padding,
          weight: parameter("\(node.name).weight"),
          bias: bias ? parameter("\(node.name).bias") : nil)
      )
    case .groupNorm: return norm(node, second: nil, relu: false)
    case .relu:
      guard absorbed.contains(input), let before = nodes[input] else {
        return (input, nil, .sum(relu: true))
      }
      return before.operation == .add
        ? sum(before, relu: true) : norm(before, second: nil, relu: true)
    case .add: return sum(node, relu: false)
    case .maxPool(let kernel, let stride, let padding):
      return (input, nil, .maxPool(kernel: kernel, stride: stride, padding: padding))
    case .averagePool(let kernel, let stride, let padding):
      return (
        input, nil, .averagePool(height: kernel, width: kernel, stride: stride, padding: padding)
      )
    case .globalAveragePool:
      let shape = network.shape(of: input)
      return (
        input, nil, .averagePool(height: shape.height, width: shape.width, stride: 1, padding: 0)
      )
    case .upsample(let factor): return (input, nil, .upsample(factor: factor))
    }
  }

  private func sum(_ node: Network.Node, relu: Bool) -> NamedStep {
    for (one, other) in [(0, 1), (1, 0)] {
      let name = node.inputs[one]
      if absorbed.contains(name), isNorm(name), let before = nodes[name] {
        return norm(before, second: node.inputs[other], relu: relu)
      }
    }
    return (node.inputs[0], node.inputs[1], .sum(relu: relu))
  }

  private func norm(_ node: Network.Node, second: String?, relu: Bool) -> NamedStep {
    guard case .groupNorm(let groups) = node.operation else {
      preconditionFailure("only a group norm is lowered to one")
    }
    return (
      node.inputs[0], second,
      .norm(
        groups: groups, weight: parameter("\(node.name).weight"),
        bias: parameter("\(node.name).bias"), relu: relu)
    )
  }

  private func parameter(_ name: String) -> Int {
    guard let index = parameters[name] else { preconditionFailure("the network lists \(name)") }
    return index
  }
}

/// Chooses which nodes become steps, and which join the step of a later node.
struct Lowering {
  typealias NamedStep = (inputs: [String], operation: Plan.Operation)

  private let network: Network
  private let purpose: Plan.Purpose
  private let nodes: [String: Network.Node]
  private let parameters: [String: Int]
  private var uses: [String: Int] = [:]
  private var absorbed: Set<String> = []
  /// Each step under the name of the node whose values it leaves.
  private(set) var steps: [(name: String, step: NamedStep)] = []

  init(_ network: Network, for purpose: Plan.Purpose) {
    self.network = network
    self.purpose = purpose
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

  /// A ReLU takes in the step before it, a sum takes in one convolution or norm; each only where
  /// nobody else needs the value between.
  private mutating func absorb(into node: Network.Node) {
    switch node.operation {
    case .relu:
      let before = node.inputs[0]
      if isPrivate(before), canAdd(before) || nodes[before]?.operation == .add {
        absorbed.insert(before)
      }
    case .add:
      if let term = node.inputs.first(where: { isPrivate($0) && canAdd($0) }) {
        absorbed.insert(term)
      }
    default: break
    }
  }

  private func isPrivate(_ name: String) -> Bool { uses[name] == 1 && name != network.output }

  /// Whether a node's step can add another map and hold back what is below 0.
  private func canAdd(_ name: String) -> Bool {
    switch nodes[name]?.operation {
    case .groupNorm, .batchNorm: true
    // The gradient of a convolution wants to meet no ReLU.
    case .convolution: purpose == .inference
    default: false
    }
  }

  private func step(for node: Network.Node) -> NamedStep {
    let input = node.inputs[0]
    switch node.operation {
    case .relu:
      guard absorbed.contains(input), let before = nodes[input] else {
        return ([input], .sum(relu: true))
      }
      return before.operation == .add
        ? sum(before, relu: true) : joined(before, second: nil, relu: true)
    case .add: return sum(node, relu: false)
    case .convolution, .groupNorm, .batchNorm: return joined(node, second: nil, relu: false)
    case .groupedConvolution(_, let kernel, let stride, let padding, let groups, _):
      var convolution = convolution(node, kernel, stride, padding)
      convolution.groups = groups
      return ([input], .convolution(convolution))
    case .transposedConvolution(_, let kernel, let stride, let padding, _):
      var convolution = convolution(node, kernel, stride, padding)
      convolution.isTransposed = true
      return ([input], .convolution(convolution))
    case .activation(let activation): return ([input], .activation(activation))
    case .multiply: return (node.inputs, .multiply)
    case .concatenate: return (node.inputs, .concatenate)
    case .softmax: return ([input], .softmax)
    case .maxPool(let kernel, let stride, let padding):
      return ([input], .maxPool(kernel: kernel, stride: stride, padding: padding))
    case .averagePool(let kernel, let stride, let padding):
      return (
        [input], .averagePool(height: kernel, width: kernel, stride: stride, padding: padding)
      )
    case .globalAveragePool:
      let shape = network.shape(of: input)
      return (
        [input], .averagePool(height: shape.height, width: shape.width, stride: 1, padding: 0)
      )
    case .upsample(let factor): return ([input], .upsample(factor: factor))
    case .upsampleBilinear(let factor, let alignsCorners):
      return ([input], .upsampleBilinear(factor: factor, alignsCorners: alignsCorners))
    }
  }

  private func sum(_ node: Network.Node, relu: Bool) -> NamedStep {
    for (one, other) in [(0, 1), (1, 0)] {
      let name = node.inputs[one]
      if absorbed.contains(name), canAdd(name), let before = nodes[name] {
        return joined(before, second: node.inputs[other], relu: relu)
      }
    }
    return (node.inputs, .sum(relu: relu))
  }

  /// The step of a convolution or norm with what it took in.
  private func joined(_ node: Network.Node, second: String?, relu: Bool) -> NamedStep {
    let inputs = [node.inputs[0]] + (second.map { [$0] } ?? [])
    switch node.operation {
    case .convolution(_, let kernel, let stride, let padding, _):
      var convolution = convolution(node, kernel, stride, padding)
      convolution.relu = relu
      return (inputs, .convolution(convolution))
    case .groupNorm(let groups):
      return (
        inputs,
        .norm(
          groups: groups, weight: parameter("\(node.name).weight"),
          bias: parameter("\(node.name).bias"), relu: relu)
      )
    case .batchNorm(let epsilon):
      return (
        inputs,
        .batchNorm(
          Plan.BatchNorm(
            epsilon: epsilon, weight: parameter("\(node.name).weight"), relu: relu))
      )
    default: preconditionFailure("only convolutions and norms take others in")
    }
  }

  private func convolution(
    _ node: Network.Node, _ kernel: Int, _ stride: Int, _ padding: Int
  ) -> Plan.Convolution {
    Plan.Convolution(
      kernel: kernel, stride: stride, padding: padding, weight: parameter("\(node.name).weight"),
      bias: parameters["\(node.name).bias"])
  }

  private func parameter(_ name: String) -> Int {
    guard let index = parameters[name] else { preconditionFailure("the network lists \(name)") }
    return index
  }
}

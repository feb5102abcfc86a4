extension Reference {
  /// A network run node by node as it is written, without any joining or reuse of memory.
  struct Graph {
    let network: Network
    /// Values of each array, by name.
    var parameters: [String: [Double]]

    init(_ network: Network, _ parameters: Parameters) {
      self.network = network
      self.parameters = Dictionary(
        uniqueKeysWithValues: parameters.entries.map { ($0.name, $0.values.map(Double.init)) })
    }

    /// Every node's values for one image.
    func maps(_ image: Map) -> [String: Map] {
      var maps = [Network.image: image]
      for node in network.nodes {
        maps[node.name] = value(of: node, node.inputs.compactMap { maps[$0] })
      }
      return maps
    }

    func output(_ image: Map) -> Map {
      maps(image)[network.output] ?? Map(zeros: network.outputShape)
    }

    /// Gradient of every array for one image and a gradient of the output.
    func gradients(_ image: Map, slope: Map) -> [String: [Double]] {
      let maps = maps(image)
      var slopes = [network.output: slope]
      var gradients = parameters.mapValues { [Double](repeating: 0, count: $0.count) }
      for node in network.nodes.reversed() {
        guard let slope = slopes[node.name], let y = maps[node.name] else { continue }
        let x = node.inputs.compactMap { maps[$0] }
        let result = self.gradients(of: node, x, y, slope)
        for (name, slope) in zip(node.inputs, result.inputs) {
          slopes[name] = slopes[name].map { sum($0, slope) } ?? slope
        }
        gradients.merge(result.parameters) { $1 }
      }
      return gradients
    }

    private func value(of node: Network.Node, _ x: [Map]) -> Map {
      let shape = network.shape(of: node.name)
      switch node.operation {
      case .convolution:
        return convolution(
          x[0], weight: weight(node), bias: parameters["\(node.name).bias"],
          window(of: node, x[0].shape), into: shape)
      case .groupNorm(let groups):
        return groupNorm(x[0], groups: groups, weight: weight(node), bias: bias(node))
      case .groupedConvolution(_, _, _, _, let groups, _):
        return groupedConvolution(
          x[0], weight: weight(node), bias: parameters["\(node.name).bias"], groups: groups,
          window(of: node, x[0].shape), into: shape)
      case .transposedConvolution:
        return transposedConvolution(
          x[0], weight: weight(node), bias: parameters["\(node.name).bias"],
          window(of: node, x[0].shape), into: shape)
      case .batchNorm(let epsilon):
        return batchNorm(
          x[0], epsilon: epsilon, weight: weight(node), bias: bias(node),
          mean: parameters["\(node.name).mean"] ?? [],
          variance: parameters["\(node.name).variance"] ?? [])
      case .relu: return relu(x[0])
      case .activation(let activation): return Reference.activation(x[0], activation)
      case .add: return sum(x[0], x[1])
      case .multiply: return product(x[0], x[1])
      case .concatenate: return concatenation(x, into: shape)
      case .softmax: return softmax(x[0])
      case .upsampleBilinear(let factor):
        return upsampleBilinear(x[0], factor: factor, into: shape)
      case .maxPool: return maxPool(x[0], window(of: node, x[0].shape), into: shape)
      case .averagePool, .globalAveragePool:
        return averagePool(x[0], window(of: node, x[0].shape), into: shape)
      case .upsample(let factor): return upsample(x[0], factor: factor, into: shape)
      }
    }

    private func gradients(
      of node: Network.Node, _ x: [Map], _ y: Map, _ slope: Map
    ) -> (inputs: [Map], parameters: [String: [Double]]) {
      let window = window(of: node, x[0].shape)
      switch node.operation {
      case .convolution(_, _, _, _, let hasBias):
        let result = convolutionGradients(x[0], weight: weight(node), window, slope: slope)
        return ([result.input], named(node, result.weight, hasBias ? result.bias : nil))
      case .groupNorm(let groups):
        let result = groupNormGradients(x[0], groups: groups, weight: weight(node), slope: slope)
        return ([result.input], named(node, result.weight, result.bias))
      case .relu: return ([reluGradient(y, slope: slope)], [:])
      case .add: return ([slope, slope], [:])
      case .maxPool: return ([maxPoolGradient(x[0], y, window, slope: slope)], [:])
      case .averagePool, .globalAveragePool:
        return ([averagePoolGradient(x[0].shape, window, slope: slope)], [:])
      case .upsample(let factor):
        return ([upsampleGradient(x[0].shape, factor: factor, slope: slope)], [:])
      case .groupedConvolution, .transposedConvolution, .batchNorm, .activation, .multiply,
        .concatenate, .softmax, .upsampleBilinear:
        preconditionFailure("only what can be trained has a gradient")
      }
    }

    private func window(of node: Network.Node, _ input: Network.Shape) -> Window {
      switch node.operation {
      case .convolution(_, let kernel, let stride, let padding, _),
        .groupedConvolution(_, let kernel, let stride, let padding, _, _),
        .transposedConvolution(_, let kernel, let stride, let padding, _),
        .maxPool(let kernel, let stride, let padding),
        .averagePool(let kernel, let stride, let padding):
        Window(height: kernel, width: kernel, stride: stride, padding: padding)
      default: Window(height: input.height, width: input.width, stride: 1, padding: 0)
      }
    }

    private func weight(_ node: Network.Node) -> [Double] {
      parameters["\(node.name).weight"] ?? []
    }

    private func bias(_ node: Network.Node) -> [Double] { parameters["\(node.name).bias"] ?? [] }

    private func named(
      _ node: Network.Node, _ weight: [Double], _ bias: [Double]?
    ) -> [String: [Double]] {
      var result = ["\(node.name).weight": weight]
      result["\(node.name).bias"] = bias
      return result
    }
  }
}

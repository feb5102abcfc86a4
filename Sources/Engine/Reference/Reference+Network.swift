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

    /// The output for one image, as inference has it.
    func output(_ image: Map) -> Map {
      maps([image], batchNorm: inferenceNorm)[network.output]?[0] ?? Map(zeros: network.outputShape)
    }

    /// The outputs for a batch that is learned from: batch norms know it whole.
    func outputs(_ images: [Map]) -> [Map] {
      maps(images, batchNorm: learningNorm)[network.output] ?? []
    }

    /// Gradient of every array for a batch and a gradient of each output.
    func gradients(_ images: [Map], slopes: [Map]) -> [String: [Double]] {
      let maps = maps(images, batchNorm: learningNorm)
      var all = [network.output: slopes]
      var gradients = parameters.mapValues { [Double](repeating: 0, count: $0.count) }
      for node in network.nodes.reversed() {
        guard let slopes = all[node.name], let y = maps[node.name] else { continue }
        let x = node.inputs.compactMap { maps[$0] }
        let result = self.gradients(of: node, x, y, slopes)
        for (name, slopes) in zip(node.inputs, result.inputs) {
          all[name] = all[name].map { zip($0, slopes).map(sum) } ?? slopes
        }
        gradients.merge(result.parameters) { zip($0, $1).map(+) }
      }
      return gradients
    }

    /// Every node's values for each image.
    private func maps(
      _ images: [Map], batchNorm: (Network.Node, [Map]) -> [Map]
    ) -> [String: [Map]] {
      var maps = [Network.image: images]
      for node in network.nodes {
        let x = node.inputs.compactMap { maps[$0] }
        if case .batchNorm = node.operation {
          maps[node.name] = batchNorm(node, x[0])
        } else {
          maps[node.name] = images.indices.map { image in value(of: node, x.map { $0[image] }) }
        }
      }
      return maps
    }

    private func inferenceNorm(_ node: Network.Node, _ x: [Map]) -> [Map] {
      x.map { value(of: node, [$0]) }
    }

    private func learningNorm(_ node: Network.Node, _ x: [Map]) -> [Map] {
      guard case .batchNorm(let epsilon) = node.operation else { return x }
      return Reference.batchNorm(x, epsilon: epsilon, weight: weight(node), bias: bias(node))
    }

    private func gradients(
      of node: Network.Node, _ x: [[Map]], _ y: [Map], _ slopes: [Map]
    ) -> (inputs: [[Map]], parameters: [String: [Double]]) {
      if case .batchNorm(let epsilon) = node.operation {
        let result = batchNormGradients(
          x[0], epsilon: epsilon, weight: weight(node), slopes: slopes)
        return ([result.inputs], named(node, result.weight, result.bias))
      }
      let each = slopes.indices.map { image in
        gradients(of: node, x.map { $0[image] }, y[image], slopes[image])
      }
      var parameters: [String: [Double]] = [:]
      for one in each { parameters.merge(one.parameters) { zip($0, $1).map(+) } }
      return (x.indices.map { input in each.map { $0.inputs[input] } }, parameters)
    }

    /// A node's values for one image.
    func value(of node: Network.Node, _ x: [Map]) -> Map {
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
      case .upsampleBilinear(let factor, let alignsCorners):
        return upsampleBilinear(x[0], factor: factor, alignsCorners: alignsCorners, into: shape)
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

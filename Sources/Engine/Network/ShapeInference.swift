/// Finds the shape of every node, and the first thing wrong with a network.
enum ShapeInference {
  /// Bounds that keep a foreign network from asking for absurd memory or overflowing a product.
  static let maximumNodes = 1024
  static let maximumExtent = 8192
  static let maximumKernel = 31
  static let maximumCount = 1 << 26
  static let maximumTotal = 1 << 28

  static func shapes(
    input: Network.Shape, nodes: [Network.Node], output: String
  ) throws(EngineError) -> [Network.Shape] {
    try check(input, of: Network.image)
    guard nodes.count <= maximumNodes else {
      throw .invalidNetwork(node: Network.image, problem: "more than \(maximumNodes) nodes")
    }
    var known = [Network.image: input]
    var shapes: [Network.Shape] = []
    var total = input.count
    var weights = 0
    for (index, node) in nodes.enumerated() {
      guard Parameters.Entry.isName(node.name), node.name.utf8.count <= 64 else {
        throw .invalidNetwork(node: "node \(index)", problem: "no proper name")
      }
      guard known[node.name] == nil else {
        throw .invalidNetwork(node: node.name, problem: "the name is taken")
      }
      var inputs: [Network.Shape] = []
      for name in node.inputs {
        guard let shape = known[name] else {
          throw .invalidNetwork(node: node.name, problem: "an input is not computed before it")
        }
        inputs.append(shape)
      }
      guard node.operation.inputs.contains(inputs.count) else {
        throw .invalidNetwork(node: node.name, problem: "the wrong number of inputs")
      }
      guard let shape = shape(of: node.operation, inputs) else {
        throw .invalidNetwork(node: node.name, problem: "its sizes do not fit its input")
      }
      try check(shape, of: node.name)
      known[node.name] = shape
      shapes.append(shape)
      total += shape.count
      weights += weightCount(of: node.operation, inputs[0])
      guard total <= maximumTotal, weights <= Parameters.maximumCount else {
        throw .invalidNetwork(node: node.name, problem: "the network is far too large")
      }
    }
    guard output != Network.image, known[output] != nil else {
      throw .invalidNetwork(node: "output", problem: "names no node")
    }
    return shapes
  }

  /// What one operation gives for such inputs; nil where it refuses their number or their sizes.
  static func result(
    of operation: Network.Operation, for inputs: [Network.Shape]
  ) -> Network.Shape? {
    guard operation.inputs.contains(inputs.count), let shape = shape(of: operation, inputs),
      (try? check(shape, of: "")) != nil
    else { return nil }
    return shape
  }

  private static func weightCount(
    of operation: Network.Operation, _ input: Network.Shape
  ) -> Int {
    switch operation {
    case .convolution(let channels, let kernel, _, _, _),
      .transposedConvolution(let channels, let kernel, _, _, _):
      channels * input.channels * kernel * kernel
    case .groupedConvolution(let channels, let kernel, _, _, let groups, _):
      channels * (input.channels / groups) * kernel * kernel
    default: 0
    }
  }

  private static func check(_ shape: Network.Shape, of name: String) throws(EngineError) {
    let extents = 1...maximumExtent
    guard extents.contains(shape.channels), extents.contains(shape.height),
      extents.contains(shape.width), shape.count <= maximumCount
    else { throw .invalidNetwork(node: name, problem: "an extent is zero or far too large") }
  }

  /// Nil where the operation cannot be applied.
  private static func shape(
    of operation: Network.Operation, _ inputs: [Network.Shape]
  ) -> Network.Shape? {
    let input = inputs[0]
    switch operation {
    case .convolution(let channels, let kernel, let stride, let padding, _):
      return (1...maximumExtent).contains(channels)
        ? windows(input, channels: channels, kernel: kernel, stride: stride, padding: padding)
        : nil
    case .maxPool(let kernel, let stride, let padding),
      .averagePool(let kernel, let stride, let padding):
      return windows(
        input, channels: input.channels, kernel: kernel, stride: stride, padding: padding)
    case .groupNorm(let groups):
      return groups > 0 && input.channels % groups == 0 ? input : nil
    case .groupedConvolution(let channels, let kernel, let stride, let padding, let groups, _):
      return (1...maximumExtent).contains(channels) && (1...maximumExtent).contains(groups)
        && channels % groups == 0 && input.channels % groups == 0
        ? windows(input, channels: channels, kernel: kernel, stride: stride, padding: padding)
        : nil
    case .transposedConvolution(let channels, let kernel, let stride, let padding, _):
      return (1...maximumExtent).contains(channels)
        ? spread(input, channels: channels, kernel: kernel, stride: stride, padding: padding)
        : nil
    case .batchNorm(let epsilon): return epsilon > 0 && epsilon.isFinite ? input : nil
    case .relu, .softmax: return input
    case .activation(let activation): return activation.isSound ? input : nil
    case .add: return inputs[0] == inputs[1] ? input : nil
    case .multiply:
      let cell = Network.Shape(channels: input.channels, height: 1, width: 1)
      return inputs[1] == input || inputs[1] == cell ? input : nil
    case .concatenate:
      guard inputs.allSatisfy({ $0.height == input.height && $0.width == input.width }) else {
        return nil
      }
      return Network.Shape(
        channels: inputs.reduce(0) { $0 + $1.channels }, height: input.height, width: input.width)
    case .globalAveragePool:
      return Network.Shape(channels: input.channels, height: 1, width: 1)
    case .upsample(let factor), .upsampleBilinear(let factor, _):
      guard (1...64).contains(factor) else { return nil }
      return Network.Shape(
        channels: input.channels, height: input.height * factor, width: input.width * factor)
    }
  }

  /// The padding is less than the kernel, so that every window holds at least one pixel.
  private static func windows(
    _ input: Network.Shape, channels: Int, kernel: Int, stride: Int, padding: Int
  ) -> Network.Shape? {
    guard (1...maximumKernel).contains(kernel), (1...maximumKernel).contains(stride),
      (0..<kernel).contains(padding),
      input.height + 2 * padding >= kernel, input.width + 2 * padding >= kernel
    else { return nil }
    return Network.Shape(
      channels: channels,
      height: (input.height + 2 * padding - kernel) / stride + 1,
      width: (input.width + 2 * padding - kernel) / stride + 1)
  }

  /// What a transposed convolution covers.
  private static func spread(
    _ input: Network.Shape, channels: Int, kernel: Int, stride: Int, padding: Int
  ) -> Network.Shape? {
    guard (1...maximumKernel).contains(kernel), (1...maximumKernel).contains(stride),
      (0..<kernel).contains(padding)
    else { return nil }
    return Network.Shape(
      channels: channels, height: (input.height - 1) * stride + kernel - 2 * padding,
      width: (input.width - 1) * stride + kernel - 2 * padding)
  }
}

extension Network.Operation {
  /// How many inputs it takes.
  fileprivate var inputs: ClosedRange<Int> {
    switch self {
    case .add, .multiply: 2...2
    case .concatenate: 2...ShapeInference.maximumNodes
    default: 1...1
    }
  }
}

extension Network.Activation {
  /// Whether its numbers make a curve.
  fileprivate var isSound: Bool {
    switch self {
    case .sigmoid, .hardSwish, .swish: true
    case .hardSigmoid(let slope, let offset): slope.isFinite && offset.isFinite
    case .clip(let low, let high): low <= high && low.isFinite && high.isFinite
    case .leakyRelu(let slope): slope.isFinite
    }
  }
}

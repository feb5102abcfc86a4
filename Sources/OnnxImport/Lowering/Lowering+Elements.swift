import Engine

/// What is computed number by number: functions, norms, and arithmetic with constants.
extension Lowering {
  mutating func activation(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    let operation: Network.Operation =
      switch node.type {
      case "Relu": .relu
      case "Sigmoid": .activation(.sigmoid)
      case "HardSwish": .activation(.hardSwish)
      case "LeakyRelu": .activation(.leakyRelu(slope: try finite(node, "alpha") ?? 0.01))
      case "HardSigmoid":
        .activation(
          .hardSigmoid(
            slope: try finite(node, "alpha") ?? 0.2, offset: try finite(node, "beta") ?? 0.5))
      default: try clip(node)
      }
    return try append(operation, to: [x], for: node, dims: x.dims)
  }

  mutating func softmax(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    let axis = try axis(node.integer("axis") ?? (opset < 13 ? 1 : -1), of: x.dims.count, node)
    // Before version 13 it went over that extent and all after it.
    let isAlone = opset >= 13 || x.dims[(axis + 1)...].allSatisfy { $0 == 1 }
    guard axis == x.channelAxis, isAlone else {
      throw node.refused("it does not go over the channels")
    }
    return try append(.softmax, to: [x], for: node, dims: x.dims)
  }

  mutating func batchNorm(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    guard try node.integer("training_mode") ?? 0 == 0, try node.integer("spatial") ?? 1 == 1,
      x.channelAxis == 1
    else { throw node.refused("it learns, or does not go by channel") }
    var arrays: [NetworkDraft.Array] = []
    for (index, suffix) in ["weight", "bias", "mean", "variance"].enumerated() {
      let tensor = try floats(node, index + 1)
      guard let values = tensor.floats, tensor.dims == [x.shape.channels] else {
        throw node.refused("its \(suffix) is for other channels")
      }
      arrays.append((suffix, tensor.dims, values))
    }
    guard arrays[3].values.allSatisfy({ $0 >= 0 }) else {
      throw node.refused("its variance is negative")
    }
    try draft.reserve(4 * x.shape.channels)
    let epsilon = try finite(node, "epsilon") ?? 1e-5
    return try append(
      .batchNorm(epsilon: epsilon), to: [x], for: node, arrays: arrays, dims: x.dims)
  }

  /// A sum, difference, product or quotient of maps and constants.
  mutating func arithmetic(_ node: GraphNode) throws(OnnxError) -> Value {
    switch (try value(node, 0), try value(node, 1)) {
    case (.constant(let a), .constant(let b)): try .constant(folded(node, a, b))
    case (.map, .constant(let b)): try .map(affine(node, map: 0, constant: b))
    case (.constant(let a), .map): try .map(affine(node, map: 1, constant: a))
    case (.map, .map): try .map(combined(node, map(node, 0), map(node, 1)))
    }
  }

  // MARK: Two maps

  private mutating func combined(
    _ node: GraphNode, _ x: Map, _ y: Map
  ) throws(OnnxError) -> Map {
    switch node.type {
    case "Add" where x.dims == y.dims && x.shape == y.shape:
      return try append(.add, to: [x, y], for: node, dims: x.dims)
    case "Mul" where x.dims == y.dims && x.shape == y.shape:
      if let gated = gate(x, y) ?? gate(y, x) {
        return try append(.activation(gated.by), to: [gated.map], for: node, dims: x.dims)
      }
      return try append(.multiply, to: [x, y], for: node, dims: x.dims)
    case "Mul":
      for (map, factors) in [(x, y), (y, x)] where isFactor(factors, of: map) {
        return try append(.multiply, to: [map, factors], for: node, dims: map.dims)
      }
      fallthrough
    default:
      throw node.refused("it joins maps of \(x.dims) and \(y.dims)")
    }
  }

  /// Whether a map holds one number for each channel of an image.
  private func isFactor(_ factors: Map, of map: Map) -> Bool {
    let channels = map.shape.channels
    return map.isImage && factors.shape.cells == 1 && factors.shape.channels == channels
      && [[1, channels, 1, 1], [channels, 1, 1]].contains(factors.dims)
  }

  /// A map times its own sigmoid or hard sigmoid has a name.
  private func gate(_ x: Map, _ y: Map) -> (map: Map, by: Network.Activation)? {
    guard let node = draft.node(y.node), node.inputs == [x.node] else { return nil }
    switch node.operation {
    case .activation(.sigmoid): return (x, .swish)
    case .activation(.hardSigmoid(let slope, let offset))
    where abs(slope - 1 / 6) < 1e-6 && offset == 0.5:
      return (x, .hardSwish)
    default: return nil
    }
  }

  // MARK: A map and a constant

  /// `scale · map + shift`, where the constant says either by channel or once for all.
  private mutating func affine(
    _ node: GraphNode, map index: Int, constant: Tensor
  ) throws(OnnxError) -> Map {
    let x = try map(node, index)
    guard let values = byChannel(constant, of: x) else {
      throw node.refused("its constant of \(constant.dims) differs within a channel")
    }
    let isFirst = index == 0
    var scale = [Float](repeating: 1, count: x.shape.channels)
    var shift = [Float](repeating: 0, count: x.shape.channels)
    switch node.type {
    case "Add": shift = values
    case "Sub" where isFirst: shift = values.map { -$0 }
    case "Sub": (scale, shift) = (scale.map { -$0 }, values)
    case "Mul": scale = values
    case "Div" where isFirst && !values.contains(0): scale = values.map { 1 / $0 }
    default: throw node.refused("it divides by zero or by a map")
    }
    let isShift = scale.allSatisfy { $0 == 1 }
    if isShift, shift.allSatisfy({ $0 == 0 }) { return x }
    if !x.isShared {
      if isShift, let shifted = shiftingBias(of: x, by: shift) { return shifted }
      if let changed = changingNorm(x, scale, shift) { return changed }
    }
    try draft.reserve(4 * x.shape.channels)
    // With mean 0 and variance and epsilon adding up to 1, a norm is this and nothing else.
    let epsilon: Float = 1e-5
    let shape = [x.shape.channels]
    return try append(
      .batchNorm(epsilon: epsilon), to: [x], for: node,
      arrays: [
        ("weight", shape, scale), ("bias", shape, shift),
        ("mean", shape, shift.map { _ in 0 }), ("variance", shape, shift.map { _ in 1 - epsilon }),
      ], dims: x.dims)
  }

  /// Moves the bias of a convolution that nothing else uses; nil for other nodes.
  private mutating func shiftingBias(of x: Map, by shift: [Float]) -> Map? {
    guard
      case .convolution(let channels, let kernel, let stride, let padding, let bias) =
        draft.node(x.node)?.operation
    else { return nil }
    var arrays = draft.arrays(of: x.node)
    let old = bias ? arrays.removeLast().values : [Float](repeating: 0, count: channels)
    arrays.append(("bias", [channels], zip(old, shift).map { $0 + $1 }))
    draft.replace(
      x.node,
      with: .convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, bias: true),
      arrays: arrays)
    return x
  }

  /// Scales and shifts what a group norm that nothing else uses gives; nil for other nodes.
  private mutating func changingNorm(_ x: Map, _ scale: [Float], _ shift: [Float]) -> Map? {
    guard let operation = draft.node(x.node)?.operation, case .groupNorm = operation else {
      return nil
    }
    var arrays = draft.arrays(of: x.node)
    arrays[0].values = zip(arrays[0].values, scale).map { $0 * $1 }
    arrays[1].values = zip(zip(arrays[1].values, scale), shift).map { $0.0 * $0.1 + $1 }
    draft.replace(x.node, with: operation, arrays: arrays)
    return x
  }

  /// A constant's number for each channel; nil where it has more, or makes the map larger.
  private func byChannel(_ constant: Tensor, of x: Map) -> [Float]? {
    guard let values = constant.floats, constant.dims.count <= x.dims.count else { return nil }
    if values.count == 1 { return [Float](repeating: values[0], count: x.shape.channels) }
    let offset = x.dims.count - constant.dims.count
    for (index, extent) in constant.dims.enumerated() where extent != 1 {
      guard index + offset == x.channelAxis, extent == x.shape.channels else { return nil }
    }
    return values.count == x.shape.channels ? values : nil
  }

  // MARK: Attributes

  private func clip(_ node: GraphNode) throws(OnnxError) -> Network.Operation {
    let largest = Float.greatestFiniteMagnitude
    let low = try max(-largest, bound(node, 1, "min") ?? -largest)
    let high = try min(largest, bound(node, 2, "max") ?? largest)
    guard low <= high else { throw node.refused("its bounds are no band") }
    return low == 0 && high == largest ? .relu : .activation(.clip(low: low, high: high))
  }

  private func bound(
    _ node: GraphNode, _ index: Int, _ attribute: String
  ) throws(OnnxError) -> Float? {
    guard node.has(index) else { return try node.float(attribute) }
    let tensor = try floats(node, index)
    guard let values = tensor.floats, values.count == 1, !values[0].isNaN else {
      throw node.refused("its bounds are not single numbers")
    }
    return values[0]
  }

  private func finite(_ node: GraphNode, _ attribute: String) throws(OnnxError) -> Float? {
    guard let value = try node.float(attribute) else { return nil }
    guard value.isFinite else { throw node.refused("its \(attribute) is not finite") }
    return value
  }
}

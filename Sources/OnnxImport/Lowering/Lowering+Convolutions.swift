import Engine

/// Convolutions, and the matrix products that are convolutions over a whole map.
extension Lowering {
  mutating func convolution(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try convolved(node)
    let weight = try weight(node, rank: 4)
    var window = try Window(
      node, kernel: Array(weight.dims[2...]), input: (x.shape.height, x.shape.width))
    if let padding = x.padding { window.pad(by: padding) }
    guard let square = SquareKernel(window) else { throw noSquare(node) }
    let channels = weight.dims[0]
    let groups = try node.integer("group") ?? 1
    guard groups >= 1, channels > 0, weight.dims[1] == x.shape.channels / groups,
      weight.dims[1] * groups == x.shape.channels
    else { throw node.refused("its weights are for other channels") }
    let bias = try bias(node, 2, count: channels)
    try draft.reserve(channels * weight.dims[1] * square.kernel * square.kernel)
    let arrays = arrays(
      [channels, weight.dims[1], square.kernel, square.kernel],
      square.spread(weight.values, kernels: channels * weight.dims[1]), bias)
    let operation: Network.Operation =
      groups == 1
      ? .convolution(
        channels: channels, kernel: square.kernel, stride: square.stride, padding: square.padding,
        bias: bias != nil)
      : .groupedConvolution(
        channels: channels, kernel: square.kernel, stride: square.stride, padding: square.padding,
        groups: groups, bias: bias != nil)
    return try append(operation, to: [x], for: node, arrays: arrays)
  }

  mutating func transposedConvolution(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try image(node, 0)
    let weight = try weight(node, rank: 4)
    let window = try Window(
      node, kernel: Array(weight.dims[2...]), input: (x.shape.height, x.shape.width))
    let extra = try node.integers("output_padding") ?? [0, 0]
    guard extra.count == 2, extra.allSatisfy({ (0...Window.maximum).contains($0) }),
      try node.integers("output_shape") == nil, try node.integer("group") ?? 1 == 1,
      try node.text("auto_pad") ?? "NOTSET" == "NOTSET",
      let square = SquareKernel(window, extra: (extra[0], extra[1]))
    else { throw noSquare(node) }
    let channels = weight.dims[1]
    guard weight.dims[0] == x.shape.channels, channels > 0 else {
      throw node.refused("its weights are for other channels")
    }
    let bias = try bias(node, 2, count: channels)
    try draft.reserve(channels * x.shape.channels * square.kernel * square.kernel)
    return try append(
      .transposedConvolution(
        channels: channels, kernel: square.kernel, stride: square.stride, padding: square.padding,
        bias: bias != nil), to: [x], for: node,
      arrays: arrays(
        [x.shape.channels, channels, square.kernel, square.kernel],
        square.spread(weight.values, kernels: x.shape.channels * channels), bias))
  }

  /// `alpha · A · B + beta · C`, where A is a map laid flat: a convolution whose kernel is the map.
  mutating func gemm(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    var weight = try weight(node, rank: 2)
    guard try node.integer("transA") ?? 0 == 0, x.dims.count == 2 else {
      throw node.refused("its first matrix is not one row")
    }
    if try node.integer("transB") ?? 0 == 0 {
      try reserve(weight.dims, for: node)
      weight = (Array(weight.dims.reversed()), transposed(weight.values, rows: weight.dims[0]))
    }
    let alpha = try node.float("alpha") ?? 1
    if alpha != 1 { weight.values = weight.values.map { $0 * alpha } }
    var bias: [Float]?
    if node.has(2) {
      let beta = try node.float("beta") ?? 1
      let row = try floats(node, 2)
      guard let values = row.floats, values.count == 1 || row.dims.last == weight.dims[0],
        values.count == 1 || values.count == weight.dims[0]
      else { throw node.refused("its bias has another length") }
      bias = (0..<weight.dims[0]).map { values[values.count == 1 ? 0 : $0] * beta }
    }
    return try product(node, x, weight.dims, weight.values, bias)
  }

  mutating func matrixProduct(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    let weight = try weight(node, rank: 2)
    guard x.dims.count >= 2, x.dims.dropLast().allSatisfy({ $0 == 1 }) else {
      throw node.refused("its first matrix is not one row")
    }
    try reserve(weight.dims, for: node)
    return try product(
      node, x, Array(weight.dims.reversed()), transposed(weight.values, rows: weight.dims[0]), nil)
  }

  // MARK: Parts

  /// Multiplies a flat map by `[outputs, numbers of the map]`.
  private mutating func product(
    _ node: GraphNode, _ x: Map, _ dims: [Int], _ values: [Float], _ bias: [Float]?
  ) throws(OnnxError) -> Map {
    guard dims[1] == x.shape.count, x.dims.last == dims[1], dims[0] > 0 else {
      throw node.refused("its matrices do not fit")
    }
    guard x.shape.height == x.shape.width else {
      throw node.refused("it takes in a map of \(x.shape.height) by \(x.shape.width)")
    }
    try draft.reserve(values.count)
    return try append(
      .convolution(channels: dims[0], kernel: x.shape.height, bias: bias != nil), to: [x],
      for: node,
      arrays: arrays(
        [dims[0], x.shape.channels, x.shape.height, x.shape.width], values, bias),
      dims: x.dims.dropLast() + [dims[0]])
  }

  /// An image to be convolved; zeros around it may still be open.
  private func convolved(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try paddedMap(node, 0)
    guard x.isImage else { throw node.refused("its input is no image: \(x.dims)") }
    guard x.padding?.value ?? 0 == 0 else { throw node.refused("its padding is not zero") }
    return x
  }

  private func weight(
    _ node: GraphNode, rank: Int
  ) throws(OnnxError) -> (dims: [Int], values: [Float]) {
    let tensor = try floats(node, 1)
    guard let values = tensor.floats, tensor.dims.count == rank else {
      throw node.refused("its weights have \(tensor.dims.count) extents")
    }
    return (tensor.dims, values)
  }

  private func bias(
    _ node: GraphNode, _ index: Int, count: Int
  ) throws(OnnxError) -> [Float]? {
    guard node.has(index) else { return nil }
    let bias = try floats(node, index)
    guard bias.dims == [count] else { throw node.refused("its bias has another length") }
    return bias.floats
  }

  private func arrays(
    _ shape: [Int], _ weight: [Float], _ bias: [Float]?
  ) -> [NetworkDraft.Array] {
    let weight = (suffix: "weight", shape: shape, values: weight)
    return if let bias { [weight, ("bias", [bias.count], bias)] } else { [weight] }
  }

  private func transposed(_ values: [Float], rows: Int) -> [Float] {
    let columns = rows == 0 ? 0 : values.count / rows
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for column in 0..<columns {
      for row in 0..<rows { result.append(values[row * columns + column]) }
    }
    return result
  }

  private func noSquare(_ node: GraphNode) -> OnnxError {
    node.refused("its window cannot be made square and padded alike on all sides")
  }
}

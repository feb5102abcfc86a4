import Engine

/// Pools, means over whole maps, and the padding that stands before a window.
extension Lowering {
  mutating func maxPool(_ node: GraphNode) throws(OnnxError) -> Map {
    let (x, window) = try pooled(node)
    if let padding = x.padding, padding.value > -Float.greatestFiniteMagnitude {
      // A zero cannot win where nothing is below it.
      guard padding.value == 0, isNeverNegative(x.node) else {
        throw node.refused("its padding could be the largest value")
      }
    }
    guard let square = window.square else { throw noSquare(node) }
    return try append(
      .maxPool(kernel: square.kernel, stride: square.stride, padding: square.padding), to: [x],
      for: node)
  }

  mutating func averagePool(_ node: GraphNode) throws(OnnxError) -> Map {
    let (x, window) = try pooled(node)
    guard x.padding?.value ?? 0 == 0 else { throw node.refused("its padding is not zero") }
    let isWhole =
      window.height.extent == x.shape.height && window.width.extent == x.shape.width
      && window.height.dilation == 1 && window.width.dilation == 1
      && [window.height.before, window.height.after, window.width.before, window.width.after]
        == [0, 0, 0, 0]
    if isWhole { return try append(.globalAveragePool, to: [x], for: node) }
    guard let square = window.square else { throw noSquare(node) }
    let counts = try node.integer("count_include_pad") ?? 0 != 0
    if x.padding != nil, !counts, try Window(node, input: (1, 1)).square?.padding != 0 {
      throw node.refused("one padding counts and another does not")
    }
    guard square.padding > 0, counts || x.padding != nil else {
      return try append(
        .averagePool(kernel: square.kernel, stride: square.stride, padding: square.padding),
        to: [x], for: node)
    }
    // Where the padding counts, every window is divided by the same: a convolution by channel.
    let cells = square.kernel * square.kernel
    try draft.reserve(x.shape.channels * cells)
    let weight = [Float](repeating: 1 / Float(cells), count: x.shape.channels * cells)
    return try append(
      .groupedConvolution(
        channels: x.shape.channels, kernel: square.kernel, stride: square.stride,
        padding: square.padding, groups: x.shape.channels, bias: false), to: [x], for: node,
      arrays: [("weight", [x.shape.channels, 1, square.kernel, square.kernel], weight)])
  }

  mutating func globalAveragePool(_ node: GraphNode) throws(OnnxError) -> Map {
    try append(.globalAveragePool, to: [image(node, 0)], for: node)
  }

  /// A mean over all places; over extents of 1 it changes nothing but the extents.
  mutating func mean(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    let stated = try integers(node, input: 1, attribute: "axes")
    let axes = try axes(stated ?? [], of: x.dims.count, node)
    let keeps = try node.integer("keepdims") ?? 1 != 0
    guard !axes.isEmpty else { throw node.refused("it takes the mean over everything") }
    let dims = x.dims.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keeps ? 1 : nil) : extent
    }
    if axes.allSatisfy({ x.dims[$0] == 1 }) { return x.reshaped(dims) }
    let places = x.dims.indices.filter { $0 != x.channelAxis && x.dims[$0] > 1 }
    guard x.channelAxis == 1, places.allSatisfy(axes.contains), !axes.contains(1),
      places.map({ x.dims[$0] }).reduce(1, *) == x.shape.cells
    else { throw node.refused("it takes the mean over other than all places") }
    return try append(.globalAveragePool, to: [x], for: node, dims: dims)
  }

  /// Keeps padding in mind for the window after it.
  mutating func pad(_ node: GraphNode) throws(OnnxError) -> Value {
    let x = try image(node, 0)
    guard try node.text("mode") ?? "constant" == "constant" else {
      throw node.refused("it does not pad with a constant")
    }
    let pads = try integers(node, input: 1, attribute: "pads") ?? []
    var all = [Int](repeating: 0, count: 8)
    let axes = try axes(integers(node, input: 3) ?? [0, 1, 2, 3], of: 4, node)
    guard pads.count == 2 * axes.count,
      pads.allSatisfy({ (0...Window.maximum).contains($0) })
    else { throw node.refused("it cuts off, or pads by impossible sizes") }
    for (index, axis) in axes.enumerated() {
      all[axis] = pads[index]
      all[axis + 4] = pads[index + axes.count]
    }
    if all.allSatisfy({ $0 == 0 }) { return .map(x) }
    guard all[0] + all[1] + all[4] + all[5] == 0 else {
      throw node.refused("it adds channels")
    }
    var value = try node.float("value") ?? 0
    if node.has(2) {
      let tensor = try floats(node, 2)
      guard let floats = tensor.floats, floats.count == 1 else {
        throw node.refused("it pads with more than one number")
      }
      value = floats[0]
    }
    var padded = x
    padded.padding = Map.Padding(
      top: all[2], left: all[3], bottom: all[6], right: all[7], value: value)
    return .map(padded)
  }

  // MARK: Parts

  /// The image and the window over it, the same windows whichever way their number is rounded.
  private func pooled(_ node: GraphNode) throws(OnnxError) -> (Map, Window) {
    let x = try paddedMap(node, 0)
    guard x.isImage else { throw node.refused("its input is no image: \(x.dims)") }
    var window = try Window(node, input: (x.shape.height, x.shape.width))
    if let padding = x.padding { window.pad(by: padding) }
    let isExact =
      isExact(window.height, x.shape.height) && isExact(window.width, x.shape.width)
    guard try node.integer("ceil_mode") ?? 0 == 0 || isExact else {
      throw node.refused("its last windows reach over the edge (ceil_mode)")
    }
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
      throw node.refused("it gives places beside values")
    }
    return (x, window)
  }

  private func isExact(_ axis: Window.Axis, _ input: Int) -> Bool {
    (input + axis.before + axis.after - axis.extent) % axis.stride == 0
  }

  private func isNeverNegative(_ name: String) -> Bool {
    switch draft.node(name)?.operation {
    case .relu, .activation(.sigmoid), .activation(.hardSigmoid), .softmax: true
    case .activation(.clip(let low, _)): low >= 0
    default: false
    }
  }

  private func noSquare(_ node: GraphNode) -> OnnxError {
    node.refused("its window is not square and padded alike on all sides")
  }
}

import Engine

/// Turns a graph into a network, node by node: constants are computed, the rest becomes nodes.
///
/// There is always one image, so an extent that counts images is 1 everywhere.
struct Lowering {
  let opset: Int
  var draft: NetworkDraft
  private var values: [String: Value]
  /// How often each name is used.
  private var uses: [String: Int] = [:]
  /// Numbers that constant arithmetic may still make.
  private var numbersLeft = 1 << 24

  /// Lowers a whole graph for images of one shape.
  static func network(
    of graph: Graph, input: Network.Shape?
  ) throws(OnnxError) -> (network: Network, parameters: Parameters) {
    let shape = try inputShape(graph, wish: input)
    var lowering = Lowering(graph, shape)
    for node in graph.nodes { try lowering.lower(node) }
    guard case .map(let map) = lowering.values[graph.output], map.padding == nil,
      map.node != Network.image
    else { throw .unsupportedSignature(problem: "its result does not depend on the image") }
    return try lowering.draft.finished(output: map.node)
  }

  /// Lowers one node, whose inputs are known.
  mutating func lower(_ node: GraphNode) throws(OnnxError) {
    let value = try value(of: node)
    guard let output = node.outputs.first, !output.isEmpty else { return }
    values[output] = shared(value, under: output)
  }

  /// Begins a network for images of one shape; constants are known from the start.
  init(_ graph: Graph, _ shape: Network.Shape) {
    opset = graph.opset
    draft = NetworkDraft(input: shape)
    values = graph.constants.mapValues { .constant($0) }
    values[graph.input] = .map(Map((Network.image, shape)))
    for node in graph.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    uses[graph.output, default: 0] += 1
  }

  /// The extents of the file where it states them, of the wish where it does not.
  static func inputShape(
    _ graph: Graph, wish: Network.Shape?
  ) throws(OnnxError) -> Network.Shape {
    if let images = graph.inputDims[0], images != 1 {
      throw .unsupportedSignature(problem: "it takes \(images) images at once")
    }
    let wishes = [wish?.channels, wish?.height, wish?.width]
    var extents: [Int] = []
    for (stated, wished) in zip(graph.inputDims.dropFirst(), wishes) {
      guard let extent = stated ?? wished else {
        throw .unsupportedSignature(problem: "it leaves the size of the image open; state one")
      }
      guard wished == nil || wished == extent, (1...8192).contains(extent) else {
        throw .unsupportedSignature(problem: "it takes images of another size")
      }
      extents.append(extent)
    }
    return Network.Shape(channels: extents[0], height: extents[1], width: extents[2])
  }

  // MARK: What nodes use

  /// - Throws: ``OnnxError/unsupportedUse(operator:node:problem:)`` where the input is left out.
  func value(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Value {
    guard node.has(index) else { throw node.refused("its input \(index) is left out") }
    guard let value = values[node.inputs[index]] else {
      throw node.refused("it uses a second result, \(node.inputs[index].shown)")
    }
    return value
  }

  /// A result of a node, with nothing still to be put around it.
  func map(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Map {
    let map = try paddedMap(node, index)
    guard map.padding == nil else {
      throw node.refused("its input is padded, and only convolutions and pools take that in")
    }
    return map
  }

  func paddedMap(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Map {
    guard case .map(let map) = try value(node, index) else {
      throw node.refused("its input \(index) is a constant")
    }
    return map
  }

  /// A map that the graph sees as `[1, channels, height, width]`.
  func image(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Map {
    let map = try map(node, index)
    guard map.isImage else { throw node.refused("its input is no image: \(map.dims)") }
    return map
  }

  func constant(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Tensor {
    guard case .constant(let tensor) = try value(node, index) else {
      throw node.refused("its input \(index) is no constant")
    }
    return tensor
  }

  func floats(_ node: GraphNode, _ index: Int) throws(OnnxError) -> Tensor {
    let tensor = try constant(node, index)
    guard tensor.floats != nil else { throw node.refused("its input \(index) holds no floats") }
    return tensor
  }

  /// Whole numbers from an input or, as older operators have it, from an attribute.
  func integers(
    _ node: GraphNode, input index: Int? = nil, attribute: String? = nil
  ) throws(OnnxError) -> [Int]? {
    if let index, node.has(index) {
      guard let integers = try constant(node, index).integers else {
        throw node.refused("its input \(index) holds no whole numbers")
      }
      return integers
    }
    return if let attribute { try node.integers(attribute) } else { nil }
  }

  // MARK: What nodes leave

  /// The value, which others use too where its name is not used just once.
  private func shared(_ value: Value, under name: String) -> Value {
    guard case .map(var map) = value, uses[name] != 1 else { return value }
    map.isShared = true
    return .map(map)
  }

  /// Writes an operation down.
  mutating func append(
    _ operation: Network.Operation, to maps: [Map], for node: GraphNode,
    arrays: [NetworkDraft.Array] = [], dims: [Int]? = nil
  ) throws(OnnxError) -> Map {
    let wish = node.name.isEmpty ? node.outputs.first ?? "" : node.name
    guard
      let result = draft.append(
        operation, to: maps.map(\.node), named: wish, arrays: arrays)
    else {
      throw node.refused("its sizes do not fit its input \(maps.first?.dims ?? [])")
    }
    return Map(result, dims: dims)
  }

  /// Counts the numbers that constant arithmetic is about to make, before it makes them.
  ///
  /// - Returns: how many extents of the result ask for.
  @discardableResult
  mutating func reserve(_ dims: [Int], for node: GraphNode) throws(OnnxError) -> Int {
    guard let effort = Tensor.effort(for: dims), effort <= numbersLeft else {
      throw node.refused("it computes too many constants")
    }
    numbersLeft -= effort
    return dims.contains(0) ? 0 : effort
  }
}

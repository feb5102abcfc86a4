import Engine

/// What moves no number: other extents for the same numbers, and maps side by side.
extension Lowering {
  mutating func reshape(_ node: GraphNode) throws(OnnxError) -> Value {
    switch try value(node, 0) {
    case .constant(let tensor):
      return .constant(tensor.reshaped(try dims(node, of: tensor.dims, count: tensor.count)))
    case .map:
      let x = try map(node, 0)
      return .map(x.reshaped(try dims(node, of: x.dims, count: x.shape.count)))
    }
  }

  /// A constant's numbers are moved; a map's extents may only pass extents of 1.
  mutating func transpose(_ node: GraphNode) throws(OnnxError) -> Value {
    let value = try value(node, 0)
    let dims =
      switch value {
      case .constant(let tensor): tensor.dims
      case .map: try map(node, 0).dims
      }
    let order = try node.integers("perm") ?? dims.indices.reversed()
    guard order.sorted() == Array(dims.indices) else {
      throw node.refused("its order is not one of \(dims.count) extents")
    }
    let result = order.map { dims[$0] }
    switch value {
    case .constant(let tensor):
      try reserve(tensor.dims, for: node)
      return .constant(tensor.transposed(order))
    case .map(let x):
      let moved = order.filter { dims[$0] != 1 }
      guard moved == moved.sorted() else { throw node.refused("it moves the numbers of a map") }
      return .map(x.reshaped(result))
    }
  }

  mutating func concatenation(_ node: GraphNode) throws(OnnxError) -> Value {
    var constants: [Tensor] = []
    var maps: [Map] = []
    for index in node.inputs.indices {
      switch try value(node, index) {
      case .constant(let tensor): constants.append(tensor)
      case .map: maps.append(try map(node, index))
      }
    }
    guard constants.isEmpty || maps.isEmpty else {
      throw node.refused("it puts a constant beside a map")
    }
    guard let stated = try node.integer("axis") else { throw node.refused("it has no axis") }
    if maps.isEmpty {
      let axis = try axis(stated, of: constants[0].dims.count, node)
      for constant in constants { try reserve(constant.dims, for: node) }
      guard let joined = Tensor.joined(constants, axis: axis) else {
        throw node.refused("its constants do not fit each other")
      }
      return .constant(joined)
    }
    let axis = try axis(stated, of: maps[0].dims.count, node)
    if maps.count == 1 { return .map(maps[0]) }
    guard maps.allSatisfy({ $0.channelAxis == axis && $0.dims.count == maps[0].dims.count }),
      maps.allSatisfy({ $0.isImage }) || maps.allSatisfy({ $0.shape.cells == 1 })
    else { throw node.refused("it does not put channels side by side") }
    var dims = maps[0].dims
    dims[axis] = maps.reduce(0) { $0 + $1.shape.channels }
    return .map(try append(.concatenate, to: maps, for: node, dims: dims))
  }

  func dropout(_ node: GraphNode) throws(OnnxError) -> Value {
    if node.has(2), try constant(node, 2).integers?.allSatisfy({ $0 == 0 }) != true {
      throw node.refused("it drops numbers while reading")
    }
    return try value(node, 0)
  }

  // MARK: Extents

  private func dims(
    _ node: GraphNode, of dims: [Int], count: Int
  ) throws(OnnxError) -> [Int] {
    let result =
      switch node.type {
      case "Flatten": try flattened(node, dims)
      case "Squeeze": try squeezed(node, dims)
      case "Unsqueeze": try unsqueezed(node, dims)
      default: try reshaped(node, dims, count)
      }
    guard Tensor.count(of: result) == count else {
      throw node.refused("\(dims) does not become \(result)")
    }
    return result
  }

  private func flattened(_ node: GraphNode, _ dims: [Int]) throws(OnnxError) -> [Int] {
    let stated = try node.integer("axis") ?? 1
    guard (-dims.count...dims.count).contains(stated) else {
      throw node.refused("its axis is none of \(dims.count)")
    }
    let axis = stated < 0 ? stated + dims.count : stated
    return [dims[..<axis].reduce(1, *), dims[axis...].reduce(1, *)]
  }

  private func squeezed(_ node: GraphNode, _ dims: [Int]) throws(OnnxError) -> [Int] {
    let stated = try integers(node, input: 1, attribute: "axes")
    let axes = try axes(stated ?? dims.indices.filter { dims[$0] == 1 }, of: dims.count, node)
    return dims.indices.filter { !axes.contains($0) }.map { dims[$0] }
  }

  private func unsqueezed(_ node: GraphNode, _ dims: [Int]) throws(OnnxError) -> [Int] {
    let stated = try integers(node, input: 1, attribute: "axes") ?? []
    let axes = try axes(stated, of: dims.count + stated.count, node)
    var rest = dims[...]
    return (0..<dims.count + axes.count).map { axes.contains($0) ? 1 : rest.removeFirst() }
  }

  /// 0 keeps an extent, −1 is what is left.
  private func reshaped(
    _ node: GraphNode, _ dims: [Int], _ count: Int
  ) throws(OnnxError) -> [Int] {
    guard var result = try integers(node, input: 1), result.count <= Tensor.maximumRank else {
      throw node.refused("its extents are not stated")
    }
    if try node.integer("allowzero") ?? 0 == 0 {
      for index in result.indices where result[index] == 0 {
        guard index < dims.count else { throw node.refused("it keeps an extent that is not there") }
        result[index] = dims[index]
      }
    }
    guard let open = result.firstIndex(of: -1) else { return result }
    result[open] = 1
    guard let known = Tensor.count(of: result), known > 0 else {
      throw node.refused("its extents are impossible")
    }
    result[open] = count / known
    return result
  }

  // MARK: Axes

  /// An axis counted from the start; negative ones count from the end.
  func axis(_ stated: Int, of rank: Int, _ node: GraphNode) throws(OnnxError) -> Int {
    guard (-rank..<rank).contains(stated) else {
      throw node.refused("its axis is none of \(rank)")
    }
    return stated < 0 ? stated + rank : stated
  }

  /// Axes counted from the start, each once.
  func axes(_ stated: [Int], of rank: Int, _ node: GraphNode) throws(OnnxError) -> [Int] {
    guard rank <= 2 * Tensor.maximumRank else { throw node.refused("it has too many axes") }
    let axes = try stated.map { stated throws(OnnxError) in try axis(stated, of: rank, node) }
    guard Set(axes).count == axes.count else { throw node.refused("it names an axis twice") }
    return axes
  }
}

/// Arithmetic that exporters leave in a graph and that depends on no image: mostly sizes.
extension Lowering {
  func constant(_ node: GraphNode) throws(OnnxError) -> Value {
    guard node.attributes.count == 1, let attribute = node.attributes.values.first else {
      throw node.refused("it has \(node.attributes.count) values")
    }
    return switch attribute {
    case .tensor(let tensor): .constant(tensor)
    case .float(let float): .constant(Tensor([], floats: [float]))
    case .integer(let integer): .constant(Tensor([], integers: [integer]))
    case .floats(let floats): .constant(Tensor([floats.count], floats: floats))
    case .integers(let integers): .constant(Tensor([integers.count], integers: integers))
    case .text: throw node.refused("its value is text")
    }
  }

  mutating func constantOfShape(_ node: GraphNode) throws(OnnxError) -> Value {
    guard let dims = try integers(node, input: 0) else {
      throw node.refused("its extents are not stated")
    }
    let count = try reserve(dims, for: node)
    guard let value = node.attributes["value"] else {
      return .constant(Tensor(dims, floats: [Float](repeating: 0, count: count)))
    }
    guard case .tensor(let tensor) = value, tensor.count == 1 else {
      throw node.refused("its value is not one number")
    }
    return .constant(tensor.picking([Int](repeating: 0, count: count), dims: dims))
  }

  /// The extents of a value, of which a range may be taken.
  func shape(_ node: GraphNode) throws(OnnxError) -> Value {
    let dims =
      switch try value(node, 0) {
      case .constant(let tensor): tensor.dims
      case .map: try map(node, 0).dims
      }
    let start = bounded(try node.integer("start") ?? 0, dims.count)
    let end = bounded(try node.integer("end") ?? dims.count, dims.count)
    let range = start < end ? Array(dims[start..<end]) : []
    return .constant(Tensor([range.count], integers: range))
  }

  mutating func gather(_ node: GraphNode) throws(OnnxError) -> Value {
    let data = try constant(node, 0)
    let indices = try constant(node, 1)
    let axis = try axis(node.integer("axis") ?? 0, of: data.dims.count, node)
    let extent = data.dims[axis]
    guard let chosen = indices.integers,
      chosen.allSatisfy({ (-extent..<extent).contains($0) })
    else { throw node.refused("it gathers what is not there") }
    let dims = Array(data.dims[..<axis] + indices.dims + data.dims[(axis + 1)...])
    try reserve(dims, for: node)
    var all = data.dims.map { Array(0..<$0) }
    all[axis] = chosen.map { $0 < 0 ? $0 + extent : $0 }
    let places = Tensor.places(all, steps: Tensor.steps(data.dims))
    return .constant(data.picking(places, dims: dims))
  }

  /// Ranges of a constant; of a map, only the whole of it.
  mutating func slice(_ node: GraphNode) throws(OnnxError) -> Value {
    let value = try value(node, 0)
    let dims =
      switch value {
      case .constant(let tensor): tensor.dims
      case .map: try map(node, 0).dims
      }
    guard let starts = try integers(node, input: 1, attribute: "starts"),
      let ends = try integers(node, input: 2, attribute: "ends"), starts.count == ends.count
    else { throw node.refused("its range is not stated") }
    let stated = try integers(node, input: 3, attribute: "axes") ?? Array(starts.indices)
    let axes = try axes(stated, of: dims.count, node)
    let strides = try integers(node, input: 4) ?? starts.map { _ in 1 }
    guard axes.count == starts.count, strides.count == starts.count,
      strides.allSatisfy({ $0 != 0 && $0.magnitude <= Tensor.maximumCount })
    else { throw node.refused("its ranges are impossible") }
    guard case .constant(let tensor) = value else {
      for (index, axis) in axes.enumerated() {
        let isWhole =
          strides[index] == 1 && bounded(starts[index], dims[axis]) == 0
          && bounded(ends[index], dims[axis]) == dims[axis]
        guard isWhole else { throw node.refused("it takes a part of a map") }
      }
      return value
    }
    try reserve(dims, for: node)
    var chosen = dims.map { Array(0..<$0) }
    for (index, axis) in axes.enumerated() {
      chosen[axis] = range(
        from: starts[index], to: ends[index], by: strides[index], of: dims[axis])
    }
    let places = Tensor.places(chosen, steps: Tensor.steps(dims))
    return .constant(tensor.picking(places, dims: chosen.map(\.count)))
  }

  mutating func rounded(_ node: GraphNode) throws(OnnxError) -> Value {
    let tensor = try floats(node, 0)
    try reserve(tensor.dims, for: node)
    let rule: FloatingPointRoundingRule = node.type == "Floor" ? .down : .up
    return .constant(Tensor(tensor.dims, floats: (tensor.floats ?? []).map { $0.rounded(rule) }))
  }

  /// Numbers of another kind; a map stays one of floats.
  mutating func cast(_ node: GraphNode) throws(OnnxError) -> Value {
    guard let number = try node.integer("to"), let raw = Int32(exactly: number),
      let kind = Tensor.Kind(rawValue: raw)
    else { throw node.refused("it makes numbers of an unknown kind") }
    guard case .constant(let tensor) = try value(node, 0) else {
      guard kind == .float else { throw node.refused("it makes a map of other than floats") }
      return .map(try map(node, 0))
    }
    try reserve(tensor.dims, for: node)
    switch (kind, tensor.numbers) {
    case (.float, .floats), (.double, .floats), (.int64, .integers): return .constant(tensor)
    case (.float, .integers(let integers)), (.double, .integers(let integers)):
      return .constant(Tensor(tensor.dims, floats: integers.map { Float($0) }))
    case (.bool, .integers(let integers)):
      return .constant(Tensor(tensor.dims, integers: integers.map { $0 == 0 ? 0 : 1 }))
    case (.bool, .floats(let floats)):
      return .constant(Tensor(tensor.dims, integers: floats.map { $0 == 0 ? 0 : 1 }))
    case (.int32, .integers(let integers)):
      return .constant(try whole(node, tensor.dims, integers.map { Int32(exactly: $0) }))
    case (.int32, .floats(let floats)), (.int64, .floats(let floats)):
      let limit: Float = kind == .int32 ? 0x1p31 : 0x1p62
      return .constant(
        try whole(node, tensor.dims, floats.map { abs($0) < limit ? Int64($0) : nil }))
    }
  }

  /// Sum, difference, product or quotient of two constants.
  mutating func folded(
    _ node: GraphNode, _ a: Tensor, _ b: Tensor
  ) throws(OnnxError) -> Tensor {
    let (dims, first, second) = try broadcast(node, a, b)
    switch (a.numbers, b.numbers) {
    case (.floats(let x), .floats(let y)):
      let floats = zip(first, second).map { i, j in
        switch node.type {
        case "Add": x[i] + y[j]
        case "Sub": x[i] - y[j]
        case "Mul": x[i] * y[j]
        default: x[i] / y[j]
        }
      }
      return Tensor(dims, floats: floats)
    case (.integers(let x), .integers(let y)):
      let integers = zip(first, second).map { i, j -> Int? in
        let (result, overflow) =
          switch node.type {
          case "Add": x[i].addingReportingOverflow(y[j])
          case "Sub": x[i].subtractingReportingOverflow(y[j])
          case "Mul": x[i].multipliedReportingOverflow(by: y[j])
          default: x[i].dividedReportingOverflow(by: y[j])
          }
        return overflow ? nil : result
      }
      return try whole(node, dims, integers)
    default: throw node.refused("it mixes kinds of numbers")
    }
  }

  // MARK: Parts

  /// Extents of the result, and for each of its numbers where its two sources are.
  private mutating func broadcast(
    _ node: GraphNode, _ a: Tensor, _ b: Tensor
  ) throws(OnnxError) -> (dims: [Int], first: [Int], second: [Int]) {
    let rank = max(a.dims.count, b.dims.count)
    func aligned(_ tensor: Tensor) -> [Int] {
      [Int](repeating: 1, count: rank - tensor.dims.count) + tensor.dims
    }
    let (x, y) = (aligned(a), aligned(b))
    let dims = zip(x, y).map { $0 == 1 ? $1 : $0 }
    guard zip(x, y).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw node.refused("its constants do not fit each other")
    }
    try reserve(dims, for: node)
    func places(_ own: [Int]) -> [Int] {
      let steps = zip(Tensor.steps(own), own).map { $1 == 1 ? 0 : $0 }
      return Tensor.places(dims.map { Array(0..<$0) }, steps: steps)
    }
    return (dims, places(x), places(y))
  }

  private func whole(
    _ node: GraphNode, _ dims: [Int], _ numbers: [(some FixedWidthInteger)?]
  ) throws(OnnxError) -> Tensor {
    let integers = numbers.compactMap { $0.map { Int($0) } }
    guard integers.count == numbers.count else {
      throw node.refused("a whole number in it is too large")
    }
    return Tensor(dims, integers: integers)
  }

  /// A bound of a range: negative ones count from the end, and none is outside.
  private func bounded(_ stated: Int, _ extent: Int) -> Int {
    min(max(stated < 0 ? stated + extent : stated, 0), extent)
  }

  private func range(from start: Int, to end: Int, by step: Int, of extent: Int) -> [Int] {
    guard step < 0 else {
      return Array(stride(from: bounded(start, extent), to: bounded(end, extent), by: step))
    }
    // Backwards a range may end before the first number.
    let last = end < -extent ? -1 : (end < 0 ? end + extent : min(end, extent - 1))
    let first = min(bounded(start, extent), extent - 1)
    return Array(stride(from: first, to: last, by: step))
  }
}

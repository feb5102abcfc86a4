/// Numbers of a constant put in another order.
extension Tensor {
  /// The numbers at some places, in that order; as many as the extents multiply to.
  func picking(_ places: [Int], dims: [Int]) -> Tensor {
    switch numbers {
    case .floats(let floats): Tensor(dims, floats: places.map { floats[$0] })
    case .integers(let integers): Tensor(dims, integers: places.map { integers[$0] })
    }
  }

  /// How far apart in memory two neighbours along each extent are.
  static func steps(_ dims: [Int]) -> [Int] {
    var steps = [Int](repeating: 1, count: dims.count)
    for axis in dims.indices.dropLast().reversed() {
      steps[axis] = steps[axis + 1] * dims[axis + 1]
    }
    return steps
  }

  /// Places in memory of everything that some indices along each extent choose, row-major.
  static func places(_ chosen: [[Int]], steps: [Int]) -> [Int] {
    var places = [0]
    for (indices, step) in zip(chosen, steps) {
      places = places.flatMap { place in indices.map { place + $0 * step } }
    }
    return places
  }

  /// The extents in another order, as `result[i] = extent[order[i]]`.
  func transposed(_ order: [Int]) -> Tensor {
    let steps = Self.steps(dims)
    let result = order.map { dims[$0] }
    let places = Self.places(result.map { Array(0..<$0) }, steps: order.map { steps[$0] })
    return picking(places, dims: result)
  }

  /// Constants side by side along one extent; nil where others differ, or their kinds do.
  static func joined(_ tensors: [Tensor], axis: Int) -> Tensor? {
    var dims = tensors[0].dims
    let outer = dims[..<axis].reduce(1, *)
    for tensor in tensors.dropFirst() {
      guard tensor.dims.count == dims.count,
        dims.indices.allSatisfy({ $0 == axis || tensor.dims[$0] == dims[$0] })
      else { return nil }
      dims[axis] += tensor.dims[axis]
    }
    guard count(of: dims) != nil else { return nil }
    func rows<Number>(_ numbers: [[Number]]) -> [Number] {
      (0..<outer).flatMap { row in
        numbers.flatMap { $0[(row * $0.count / outer)..<((row + 1) * $0.count / outer)] }
      }
    }
    let floats = tensors.compactMap(\.floats)
    if floats.count == tensors.count { return Tensor(dims, floats: rows(floats)) }
    let integers = tensors.compactMap(\.integers)
    return integers.count == tensors.count ? Tensor(dims, integers: rows(integers)) : nil
  }
}

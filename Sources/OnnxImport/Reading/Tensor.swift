/// A constant of the graph: numbers in row-major order.
struct Tensor: Sendable, Equatable {
  enum Numbers: Sendable, Equatable {
    case floats([Float])
    case integers([Int])
  }

  /// Bounds on what is believed of a tensor's own description.
  static let maximumRank = 8
  static let maximumCount = 1 << 27

  /// Extents, outermost first; none for a single number, and an extent of 0 for no number at all.
  let dims: [Int]
  let numbers: Numbers

  init(_ dims: [Int], floats: [Float]) {
    precondition(dims.reduce(1, *) == floats.count, "as many numbers as the extents multiply to")
    self.dims = dims
    numbers = .floats(floats)
  }

  init(_ dims: [Int], integers: [Int]) {
    precondition(dims.reduce(1, *) == integers.count, "as many numbers as the extents multiply to")
    self.dims = dims
    numbers = .integers(integers)
  }

  var count: Int {
    switch numbers {
    case .floats(let floats): floats.count
    case .integers(let integers): integers.count
    }
  }

  var floats: [Float]? {
    if case .floats(let floats) = numbers { floats } else { nil }
  }

  var integers: [Int]? {
    if case .integers(let integers) = numbers { integers } else { nil }
  }

  /// The same numbers under other extents, which multiply to the same count.
  func reshaped(_ dims: [Int]) -> Tensor {
    switch numbers {
    case .floats(let floats): Tensor(dims, floats: floats)
    case .integers(let integers): Tensor(dims, integers: integers)
    }
  }

  /// How many numbers extents ask for; nil for negative extents, too many, or an absurd count.
  static func count(of dims: [Int]) -> Int? {
    effort(for: dims).map { dims.contains(0) ? 0 : $0 }
  }

  /// What going through such extents costs: their count, where an extent of 0 is taken for 1.
  static func effort(for dims: [Int]) -> Int? {
    guard dims.count <= maximumRank, dims.allSatisfy({ $0 >= 0 }) else { return nil }
    var count = 1
    for extent in dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(1, extent))
      guard !overflow, product <= maximumCount else { return nil }
      count = product
    }
    return count
  }
}

import CEngine

typealias Bytes = UnsafeMutablePointer<UInt8>

/// The C kernels for maps of bytes; the only Swift that calls them.
///
/// Every instruction set gives the same bits.
struct ByteKernels {
  let lanes: Int
  private let table: CEByteKernels

  /// Ways to multiply bytes, weakest first.
  enum InstructionSet: UInt32, CaseIterable {
    case baseline, avx2, avx2VNNI, avx512, avx512VNNI
  }

  /// Kernels for a set; none where the processor lacks it or it has other lanes.
  init?(lanes: Int, _ set: InstructionSet) {
    guard let table = ce_byte_kernels(CEByteInstructions(rawValue: set.rawValue), Int32(lanes))
    else { return nil }
    self.lanes = lanes
    self.table = table.pointee
  }

  /// The best that the processor has; 8 or 16 lanes.
  init(lanes: Int) {
    let sets = InstructionSet.allCases.reversed()
    guard let best = sets.lazy.compactMap({ Self(lanes: lanes, $0) }).first else {
      preconditionFailure("kernels have 8 or 16 lanes")
    }
    self = best
  }

  /// Sizes of a convolution; the output's halo and scale are of no use where it is floats.
  struct Convolution: Equatable {
    let input: ByteMap
    let output: ByteMap
    let kernel: Int
    let stride: Int
    let padding: Int
    let relu: Bool

    fileprivate var sizes: CEByteConvolution {
      CEByteConvolution(
        input: input.sizes, output: output.sizes, kernel: Int64(kernel), stride: Int64(stride),
        padding: Int64(padding), relu: relu)
    }
  }

  /// A map that is added, and what one of its steps is worth in the result.
  struct Term {
    let map: ByteMap
    let bytes: Bytes
    let worth: Float
  }

  /// Some of a convolution's output: rows, and groups of blocks of channels.
  struct Part: Equatable {
    let rows: Range<Int>
    let groups: Range<Int>
  }

  enum Target {
    case bytes(Bytes)
    /// Blocked, without halo.
    case floats(Floats)
  }

  /// Groups of output channels, each computed together.
  func groups(of map: ByteMap) -> Int {
    (map.planes + Int(table.group) - 1) / Int(table.group)
  }

  /// Bytes that ``weights(_:outputs:inputs:_:into:)`` writes.
  func weightCount(_ convolution: Convolution) -> Int {
    var sizes = convolution.sizes
    return Int(table.weight_count(&sizes))
  }

  /// Brings `[outputs, inputs, kernel, kernel]` into the order in which they are needed.
  func weights(
    _ convolution: Convolution, outputs: Int, inputs: Int, _ plain: [Int8],
    into packed: UnsafeMutablePointer<Int8>
  ) {
    var sizes = convolution.sizes
    table.weights(&sizes, Int64(outputs), Int64(inputs), plain, packed)
  }

  /// `sum · scale + shift`, plus the other term, then ReLU where told; by output channel.
  func convolution(
    _ convolution: Convolution, _ part: Part, _ x: Bytes,
    weights: UnsafeMutablePointer<Int8>, scale: Floats, shift: Floats, adding other: Term?,
    into target: Target
  ) {
    var sizes = convolution.sizes
    var range = CEBytePart(
      firstRow: Int64(part.rows.lowerBound), lastRow: Int64(part.rows.upperBound),
      firstGroup: Int64(part.groups.lowerBound), lastGroup: Int64(part.groups.upperBound))
    let (bytes, floats): (Bytes?, Floats?) =
      switch target {
      case .bytes(let bytes): (bytes, nil)
      case .floats(let floats): (nil, floats)
      }
    withTerm(other) {
      table.convolution(&sizes, &range, x, weights, scale, shift, $0, bytes, floats)
    }
  }

  /// The largest of each window; the maps' scales are the same.
  func maxPool(
    _ input: ByteMap, _ output: ByteMap, kernel: Int, stride: Int, padding: Int,
    rows: Range<Int>, _ x: Bytes, into y: Bytes
  ) {
    var (from, to) = (input.sizes, output.sizes)
    table.max_pool(
      &from, &to, Int64(kernel), Int64(stride), Int64(padding), Int64(rows.lowerBound),
      Int64(rows.upperBound), x, y)
  }

  /// The nearest bytes; what lies beyond them becomes the last.
  func quantize(
    _ map: ByteMap, rows: Range<Int>, _ x: UnsafePointer<Float>, into y: Bytes
  ) {
    var sizes = map.sizes
    table.quantize(
      &sizes, 1 / map.scale.step, Int64(rows.lowerBound), Int64(rows.upperBound), x, y)
  }

  func dequantize(_ map: ByteMap, rows: Range<Int>, _ x: Bytes, into y: Floats) {
    var sizes = map.sizes
    table.dequantize(
      &sizes, map.scale.step, Int64(rows.lowerBound), Int64(rows.upperBound), x, y)
  }

  /// `x · scale + shift`, plus the other term, then ReLU where told; by channel.
  func affine(
    _ map: ByteMap, planes: Range<Int>, _ x: Floats, scale: Floats, shift: Floats,
    adding other: Term?, relu: Bool, into y: Bytes
  ) {
    var sizes = map.sizes
    withTerm(other) {
      table.affine(
        &sizes, Int64(planes.lowerBound), Int64(planes.upperBound), x, scale, shift, $0, relu, y)
    }
  }

  /// Sums by channel; with means, of the squared differences from them.
  func moments(
    _ map: ByteMap, planes: Range<Int>, _ x: Floats, means: UnsafeMutablePointer<Double>?,
    into sums: UnsafeMutablePointer<Double>
  ) {
    var sizes = map.sizes
    table.moments(
      &sizes, Int64(planes.lowerBound), Int64(planes.upperBound), x, means, sums)
  }

  /// The lowest and the highest number, 0 counted; both NaN where one number is NaN or infinite.
  func extremes(_ values: UnsafeBufferPointer<Float>) -> (low: Float, high: Float) {
    var ends: (low: Float, high: Float) = (0, 0)
    guard let start = values.baseAddress else { return ends }
    table.extremes(Int64(values.count), start, &ends.low, &ends.high)
    return ends
  }

  private func withTerm(_ term: Term?, _ body: (UnsafePointer<CEByteTerm>?) -> Void) {
    guard let term else { return body(nil) }
    var other = CEByteTerm(map: term.map.sizes, bytes: term.bytes, worth: term.worth)
    body(&other)
  }
}

/// How one map lies in bytes, with its halo.
struct ByteMap: Equatable {
  let shape: Network.Shape
  /// Channels side by side; 1 where the map is `[channels, height, width]`.
  let pixel: Int
  /// Pixels on every side that a window may reach beyond the map.
  var halo = 0
  var scale: ByteScale

  var planes: Int { (shape.channels + pixel - 1) / pixel }

  /// Bytes it takes; the last window may be read a few bytes beyond its end.
  var count: Int { planes * (shape.height + 2 * halo) * (shape.width + 2 * halo) * pixel + 4 }

  fileprivate var sizes: CEByteMap {
    CEByteMap(
      planes: Int64(planes), height: Int64(shape.height), width: Int64(shape.width),
      pixel: Int64(pixel), halo: Int64(halo), zero: scale.zero)
  }
}

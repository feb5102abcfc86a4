public import Engine

/// One array on its way: what it is, and a way to its bytes that never needs all of them at once.
public struct FleetArray: Sendable {
  /// Gives bytes of the values, counted from the first value's first byte; little endian, C order.
  public typealias Reading = @Sendable (Range<Int>) throws -> [UInt8]

  let header: NumpyHeader
  /// Where one piece of the values ends and the next begins, as far as reading them goes well.
  private let pieces: [Range<Int>]
  private let reading: Reading

  public var element: ElementType { header.element }
  /// Extents, outermost first; empty for one number.
  public var shape: [Int] { header.shape }
  /// Bytes of all values.
  public var byteCount: Int { header.byteCount }

  /// An array whose bytes are read when they are needed, in pieces of 5 MiB at most.
  ///
  /// - Throws: ``FleetError/unsupportedArray(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  public init(
    _ element: ElementType, shape: [Int], reading: @escaping Reading
  ) throws(FleetError) {
    let header = try NumpyHeader(checked: element, shape: shape)
    // As the chunks will be cut: the head of the file is in the first one.
    var start = 0
    var room = FleetLimits.longestBody - header.encoded().count
    var pieces: [Range<Int>] = []
    while start < header.byteCount {
      pieces.append(start..<min(start + room, header.byteCount))
      start += room
      room = FleetLimits.longestBody
    }
    self.init(header, pieces: pieces, reading: reading)
  }

  init(_ header: NumpyHeader, pieces: [Range<Int>], reading: @escaping Reading) {
    self.header = header
    self.pieces = pieces
    self.reading = reading
  }

  /// Bytes of the values.
  ///
  /// - Throws: ``FleetError`` if they cannot be had.
  public func bytes(_ range: Range<Int>) throws -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "within the values")
    let bytes = try reading(range)
    guard bytes.count == range.count else { throw FleetError.malformed("an array is cut short") }
    return bytes
  }

  /// The values one after another, in pieces whose borders may cut a number in two.
  func forEachPiece(_ take: (ArraySlice<UInt8>) throws -> Void) throws {
    for piece in pieces { try take(try bytes(piece)[...]) }
  }
}

extension FleetArray {
  /// Numbers at hand, as 32-bit floats; as many as the shape multiplies to.
  public init(_ values: [Float], shape: [Int]) throws(FleetError) {
    precondition(shape.reduce(1, *) == values.count, "as many values as the shape multiplies to")
    try self.init(.float32, shape: shape) { range in
      unsafe values.withUnsafeBytes { unsafe [UInt8]($0[range]) }
    }
  }

  /// An entry of a model, under the same name on the other side.
  public init(_ entry: Parameters.Entry) throws(FleetError) {
    try self.init(entry.values, shape: entry.shape)
  }

  /// The values as 32-bit floats, as a model has them.
  ///
  /// - Throws: ``FleetError/unsupportedArray(_:)`` for integers, ``FleetError/notFinite``, and what
  ///   reading fails with.
  public func floats() throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(byteCount / element.width)
    var rest: [UInt8] = []
    try forEachPiece { piece in
      let bytes = rest + piece
      let whole = bytes.count / element.width * element.width
      try append(bytes[..<whole], to: &values)
      rest = Array(bytes[whole...])
    }
    guard values.allSatisfy(\.isFinite) else { throw FleetError.notFinite }
    return values
  }

  private func append(_ bytes: ArraySlice<UInt8>, to values: inout [Float]) throws {
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: element.width) {
      let bits = bytes[start..<start + element.width].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      switch element {
      case .float16: values.append(Float(Float16(bitPattern: UInt16(truncatingIfNeeded: bits))))
      case .float32: values.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      case .float64: values.append(Float(Double(bitPattern: bits)))
      default: throw FleetError.unsupportedArray("\(element.rawValue) where a model has floats")
      }
    }
  }
}

/// What the numbers of an array are, by numpy's name.
public enum ElementType: String, Sendable, CaseIterable {
  case bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float16, float32, float64

  /// How many bytes one number takes.
  public var width: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// As a file names it: byte order (`<` for little endian), kind, width.
  var descriptor: String {
    let kind =
      switch self {
      case .bool: "b"
      case .int8, .int16, .int32, .int64: "i"
      case .uint8, .uint16, .uint32, .uint64: "u"
      case .float16, .float32, .float64: "f"
      }
    return "\(width == 1 ? "|" : "<")\(kind)\(width)"
  }
}

/// The head of a `.npy` file of version 1.0 whose values are little endian and in C order.
///
/// Source: numpy 2.4, `lib/format.py`. Nothing else is read: no pickled objects, no fields, no
/// Fortran order, no big endian.
struct NumpyHeader: Equatable {
  let element: ElementType
  /// Extents, outermost first; empty for one number.
  let shape: [Int]

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
  private static let prefix = magic.count + 2

  /// Bytes of all values.
  var byteCount: Int { shape.reduce(element.width, *) }

  /// Byte for byte what numpy writes, so that the same array has the same name everywhere.
  func encoded() -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(element.descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    // Room for the first extent to grow in place: 21 digits.
    if let first = shape.first { text += String(repeating: " ", count: 21 - "\(first)".count) }
    let padding = 64 - (Self.prefix + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(text.utf8.count)
    return Self.magic + [UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
  }

  /// Reads the head of a file.
  ///
  /// - Returns: the header and how many bytes it takes.
  /// - Throws: ``FleetError/unsupportedArray(_:)``, and ``FleetError/malformed(_:)`` for a head that
  ///   is cut or lies.
  static func read(
    _ file: some RandomAccessCollection<UInt8>
  ) throws(FleetError) -> (header: NumpyHeader, length: Int) {
    let start = Array(file.prefix(prefix))
    guard start.count == prefix, start.starts(with: magic.prefix(6)) else {
      throw .malformed("an array is no .npy file")
    }
    guard start[6] == 1, start[7] == 0 else { throw .unsupportedArray(".npy version \(start[6])") }
    let length = Int(start[8]) | Int(start[9]) << 8
    guard length <= FleetLimits.longestHeader else {
      throw .tooMuch("bytes of an array's head", limit: FleetLimits.longestHeader)
    }
    let text = Array(file.dropFirst(prefix).prefix(length))
    guard text.count == length else { throw .malformed("an array's head is cut short") }
    var literal = NumpyLiteral(text)
    return (try literal.header(), prefix + length)
  }
}

extension NumpyHeader {
  /// - Throws: ``FleetError/unsupportedArray(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  init(descriptor: String, shape: [Int]) throws(FleetError) {
    guard let element = ElementType.allCases.first(where: { $0.descriptor == descriptor }) else {
      throw .unsupportedArray("values that are not plain little-endian numbers")
    }
    try self.init(checked: element, shape: shape)
  }

  /// - Throws: ``FleetError/unsupportedArray(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  init(checked element: ElementType, shape: [Int]) throws(FleetError) {
    guard shape.count <= FleetLimits.mostDimensions else {
      throw .tooMuch("dimensions of an array", limit: FleetLimits.mostDimensions)
    }
    var count = 1
    for extent in shape {
      guard extent > 0 else { throw .unsupportedArray("an array without values") }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= FleetLimits.mostValues else {
        throw .tooMuch("values of an array", limit: FleetLimits.mostValues)
      }
      count = product
    }
    self.element = element
    self.shape = shape
  }
}

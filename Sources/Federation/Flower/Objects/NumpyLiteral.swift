/// Reads the Python dictionary at the head of a `.npy` file: three keys, and nothing else.
struct NumpyLiteral {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  private static let broken = FleetError.malformed("an array's head is no dictionary of numpy's")

  mutating func header() throws(FleetError) -> NumpyHeader {
    var descriptor: String?
    var isFortran: Bool?
    var shape: [Int]?
    try take("{")
    while !takes("}") {
      let key = try string()
      try take(":")
      switch key {
      case "descr" where descriptor == nil:
        // Fields come as a list: numbers of several kinds side by side.
        guard !takes("[") else { throw .unsupportedArray("an array of records") }
        descriptor = try string()
      case "fortran_order" where isFortran == nil: isFortran = try truth()
      case "shape" where shape == nil: shape = try extents()
      default: throw Self.broken
      }
      if !takes(",") {
        try take("}")
        break
      }
    }
    skipSpaces()
    guard text[position...].elementsEqual([UInt8(ascii: "\n")]), let descriptor, let isFortran,
      let shape
    else { throw Self.broken }
    guard !isFortran else { throw .unsupportedArray("values in Fortran order") }
    return try NumpyHeader(descriptor: descriptor, shape: shape)
  }

  private mutating func skipSpaces() {
    while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
  }

  private mutating func takes(_ word: StaticString) -> Bool {
    skipSpaces()
    let bytes = Array("\(word)".utf8)
    guard text[position...].starts(with: bytes) else { return false }
    position += bytes.count
    return true
  }

  private mutating func take(_ word: StaticString) throws(FleetError) {
    guard takes(word) else { throw Self.broken }
  }

  private mutating func truth() throws(FleetError) -> Bool {
    if takes("True") { return true }
    try take("False")
    return false
  }

  /// What is between two quotes of a kind; numpy writes no escapes here.
  private mutating func string() throws(FleetError) -> String {
    skipSpaces()
    guard position < text.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[position]),
      let end = text[(position + 1)...].firstIndex(of: text[position])
    else { throw Self.broken }
    defer { position = end + 1 }
    return String(decoding: text[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func extents() throws(FleetError) -> [Int] {
    try take("(")
    var extents: [Int] = []
    while !takes(")") {
      skipSpaces()
      let digits = text[position...].prefix { (0x30...0x39).contains($0) }
      guard let extent = Int(String(decoding: digits, as: UTF8.self)) else { throw Self.broken }
      position += digits.count
      extents.append(extent)
      guard extents.count <= FleetLimits.mostDimensions else {
        throw .tooMuch("dimensions of an array", limit: FleetLimits.mostDimensions)
      }
      if !takes(",") {
        try take(")")
        break
      }
    }
    return extents
  }
}

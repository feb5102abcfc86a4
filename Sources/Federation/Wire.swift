/// Writes the numbers of a message, little endian.
struct WireWriter {
  private(set) var bytes: [UInt8]

  init(magic: String) { bytes = Array(magic.utf8) }

  mutating func put(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func put(_ value: Double) { put(value.bitPattern) }
  mutating func put(_ more: [UInt8]) { bytes += more }
}

/// Reads what ``WireWriter`` wrote; every step is bounded by the bytes that are there.
struct WireReader {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], magic: String) throws(FederationError) {
    guard bytes.starts(with: Array(magic.utf8)) else { throw .malformed("not a \(magic)") }
    self.bytes = bytes
    position = magic.utf8.count
  }

  var remaining: Int { bytes.count - position }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(FederationError) -> T
  {
    var value: T = 0
    for (index, byte) in try take(T.bitWidth / 8).enumerated() {
      value |= T(truncatingIfNeeded: byte) << (index * 8)
    }
    return value
  }

  mutating func number() throws(FederationError) -> Double {
    let value = Double(bitPattern: try integer())
    guard value.isFinite else { throw .malformed("a number that is none") }
    return value
  }

  mutating func take(_ count: Int) throws(FederationError) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw .malformed("cut short") }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  func finish() throws(FederationError) {
    guard remaining == 0 else { throw .malformed("bytes after its end") }
  }
}

/// How long a P-256 signature is in its raw form (two numbers of 32 bytes).
let signatureLength = 64
/// How long a SHA-256 digest is.
let digestLength = 32

extension [UInt8] {
  /// From lowercase hexadecimal; empty if it is none.
  init(hexadecimal text: String) {
    var bytes: [UInt8] = []
    var digits = text.makeIterator()
    while let high = digits.next()?.hexDigitValue, let low = digits.next()?.hexDigitValue {
      bytes.append(UInt8(high << 4 | low))
    }
    self = bytes
  }

  /// Two lowercase digits a byte.
  var hexadecimal: String {
    reduce(into: "") { text, byte in
      let digits = String(byte, radix: 16)
      text += digits.count == 1 ? "0" + digits : digits
    }
  }
}

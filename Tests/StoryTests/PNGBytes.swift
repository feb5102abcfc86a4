/// Makes small grey PNGs by hand, whose header may lie.
enum PNGBytes {
  static func make(columns: Int, rows: Int, stated: (columns: Int, rows: Int)? = nil) -> [UInt8] {
    let size = stated ?? (columns, rows)
    // A ramp in every line: a picture of one grey only would be refused.
    let lines = (0..<rows).flatMap { row -> [UInt8] in
      [0] + (0..<columns).map { UInt8(truncatingIfNeeded: ($0 + row) * 255 / (columns + rows)) }
    }
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", word(size.columns) + word(size.rows) + [8, 0, 0, 0, 0])
      + chunk("IDAT", stored(lines)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return word(content.count) + body + word(Int(checksum(body)))
  }

  /// A zlib stream that stores its bytes uncompressed (RFC 1950, 1951).
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    let length = UInt16(content.count)
    let bytes = [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    var (a, b) = (1, 0)
    for byte in content {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return [0x78, 0x01, 0x01] + bytes + content + word(b << 16 | a)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~sum
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

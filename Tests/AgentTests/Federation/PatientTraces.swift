import Foundation

/// What would show a patient in bytes that leave, and the search for it in every form it could have:
/// as it is, in hexadecimal and in base64.
struct PatientTraces {
  private struct Trace {
    let what: String
    let bytes: [UInt8]
    /// Letters count the same in either case.
    let isText: Bool
  }

  private var traces: [Trace] = []

  /// Bytes of a row that are looked for; as many different ones make it a row of somebody's.
  private static let (length, different) = (24, 8)

  mutating func add(_ what: String, _ text: String) {
    precondition(text.utf8.count >= 8, "a trace is too long to be there by chance")
    traces.append(Trace(what: what, bytes: Array(text.utf8), isText: true))
  }

  /// Rows of a picture as a file, a memory or a network has them; flat ones could be anybody's.
  mutating func add(rows pixels: [Float], of columns: Int) {
    for start in stride(from: 0, to: pixels.count, by: columns) {
      let row = pixels[start..<start + columns]
      for bytes in [
        row.map { UInt8(clamping: Int($0)) },
        row.flatMap { Self.bytes(of: UInt16(clamping: Int($0))) },
        row.flatMap { Self.bytes(of: $0.bitPattern) },
      ] { add(middleOf: bytes) }
    }
  }

  private mutating func add(middleOf row: [UInt8]) {
    let start = (row.count - Self.length) / 2 & -4
    guard start >= 0 else { return }
    let part = Array(row[start..<start + Self.length])
    guard Set(part).count >= Self.different else { return }
    traces.append(Trace(what: "a row of pixels", bytes: part, isText: false))
  }

  private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  var count: Int { traces.count }

  /// What of it these bytes hold, and in which form.
  func found(in bytes: [UInt8]) -> Set<String> {
    let (exact, caseless) = (Haystack(bytes), Haystack(Self.lowercased(bytes)))
    var found: Set<String> = []
    for trace in traces {
      let raw = trace.isText ? Self.lowercased(trace.bytes) : trace.bytes
      if (trace.isText ? caseless : exact).has(raw) { found.insert(trace.what) }
      if caseless.has(Self.hexadecimal(trace.bytes)) { found.insert("\(trace.what), hexadecimal") }
      if Self.base64(trace.bytes).contains(where: exact.has) {
        found.insert("\(trace.what), base64")
      }
    }
    return found
  }

  private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
  }

  static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// What is sure to be in base64 of anything the bytes are in, wherever they begin there.
  private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { before in
      let text = (Data(repeating: 0, count: before) + bytes).base64EncodedString()
      let sure = (before * 8 + 5) / 6..<(before + bytes.count) * 8 / 6
      let usual = Array(Array(text.utf8)[sure])
      let forAddresses = usual.map { byte in
        byte == UInt8(ascii: "+")
          ? UInt8(ascii: "-")
          : byte == UInt8(ascii: "/")
            ? UInt8(ascii: "_") : byte
      }
      return usual == forAddresses ? [usual] : [usual, forAddresses]
    }
  }

  /// Bytes in which thousands of traces are looked for.
  private struct Haystack {
    private let bytes: Data
    private let windows: Set<UInt64>

    init(_ bytes: [UInt8]) {
      self.bytes = Data(bytes)
      var windows: Set<UInt64> = []
      var window: UInt64 = 0
      for (place, byte) in bytes.enumerated() {
        window = window << 8 | UInt64(byte)
        if place >= 7 { windows.insert(window) }
      }
      self.windows = windows
    }

    func has(_ trace: [UInt8]) -> Bool {
      let start = trace.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return windows.contains(start) && bytes.range(of: Data(trace)) != nil
    }
  }
}

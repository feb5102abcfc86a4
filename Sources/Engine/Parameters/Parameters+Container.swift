/// The container is little-endian and holds nothing that could run:
///
/// | bytes | meaning |
/// |---|---|
/// | 8 | `SLPARAM1` |
/// | 4 | number of entries, unsigned |
/// | | then for each entry: |
/// | 2 | length of the name in bytes, 1 to 128 |
/// | n | the name, characters `A-Z a-z 0-9 . _ -` |
/// | 1 | number of extents, 1 to 8 |
/// | 4 each | the extents, unsigned, at least 1 |
/// | 4 each | the values, IEEE 754 single precision, row-major |
///
/// Nothing follows the last entry.
extension Parameters {
  static let magic = Array("SLPARAM1".utf8)
  /// Bounds on what is believed before a byte is copied.
  static let maximumEntries = 4096
  static let maximumRank = 8
  static let maximumCount = 1 << 27

  /// The container's bytes; equal parameters give equal bytes.
  public func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(16 + entries.count * 64 + count * 4)
    bytes.append(littleEndian: UInt32(entries.count))
    for entry in entries {
      precondition(entry.shape.reduce(1, *) == entry.values.count, "values fill their shape")
      bytes.append(littleEndian: UInt16(entry.name.utf8.count))
      bytes.append(contentsOf: entry.name.utf8)
      bytes.append(UInt8(entry.shape.count))
      for extent in entry.shape { bytes.append(littleEndian: UInt32(extent)) }
      for value in entry.values { bytes.append(littleEndian: value.bitPattern) }
    }
    return bytes
  }

  /// Reads a container, believing none of its sizes.
  ///
  /// - Throws: ``EngineError/damagedParameters(problem:)`` for a wrong start, a size beyond the
  ///   bytes at hand, more than 4096 entries or 2^27 values, a name that is repeated or holds other
  ///   characters, a value that is not finite, and bytes after the end.
  public init(decoding bytes: [UInt8]) throws(EngineError) {
    var reader = Reader(bytes: bytes)
    guard try reader.take(Self.magic.count).elementsEqual(Self.magic) else {
      throw .damagedParameters(problem: "they do not start like a weight container")
    }
    let announced = try reader.number(UInt32.self)
    guard announced <= Self.maximumEntries else {
      throw .damagedParameters(problem: "they announce \(announced) entries")
    }
    var entries: [Entry] = []
    var names: Set<String> = []
    var total = 0
    for _ in 0..<announced {
      let entry = try reader.entry(valuesLeft: Self.maximumCount - total)
      guard names.insert(entry.name).inserted else {
        throw .damagedParameters(problem: "entry \(entry.name) appears twice")
      }
      total += entry.values.count
      entries.append(entry)
    }
    guard reader.isAtEnd else {
      throw .damagedParameters(problem: "there are bytes after the last entry")
    }
    self.init(entries: entries)
  }

  /// A position in foreign bytes that never passes their end.
  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws(EngineError) -> ArraySlice<UInt8> {
      guard count <= bytes.count - position else {
        throw .damagedParameters(problem: "they end too early")
      }
      defer { position += count }
      return bytes[position..<position + count]
    }

    mutating func number<Number: FixedWidthInteger>(
      _: Number.Type
    ) throws(EngineError) -> Number {
      try take(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    mutating func entry(valuesLeft: Int) throws(EngineError) -> Entry {
      let length = try number(UInt16.self)
      let name = String(decoding: try take(Int(length)), as: UTF8.self)
      guard Entry.isName(name) else {
        throw .damagedParameters(problem: "an entry has no proper name")
      }
      let rank = try Int(number(UInt8.self))
      guard (1...Parameters.maximumRank).contains(rank) else {
        throw .damagedParameters(problem: "entry \(name) has \(rank) extents")
      }
      var shape: [Int] = []
      var count = 1
      for _ in 0..<rank {
        let extent = try Int(number(UInt32.self))
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent > 0, !overflow, product <= valuesLeft else {
          throw .damagedParameters(problem: "entry \(name) has an impossible size")
        }
        shape.append(extent)
        count = product
      }
      return Entry(name: name, shape: shape, values: try values(count, of: name))
    }

    mutating func values(_ count: Int, of name: String) throws(EngineError) -> [Float] {
      let raw = try take(count * 4)
      var values = [Float](repeating: 0, count: count)
      raw.withUnsafeBytes { source in
        for index in 0..<count {
          let bits = source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
          values[index] = Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
      guard values.isFinite else {
        throw .damagedParameters(problem: "entry \(name) holds a value that is not a number")
      }
      return values
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

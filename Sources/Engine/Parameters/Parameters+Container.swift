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
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 + entries.count * 64 + count * 4)
    do { try encode(to: &bytes) } catch { preconditionFailure("memory takes what it is given") }
    return bytes
  }

  /// Gives the container's bytes away, without a second copy of a large model.
  func encode(to sink: inout some ContainerSink) throws(EngineError) {
    try sink.put(Self.magic)
    try sink.put(UInt32(entries.count))
    for entry in entries { try sink.put(entry) }
  }

  /// Reads a container, believing none of its sizes.
  ///
  /// - Throws: ``EngineError/damagedParameters(problem:)`` for a wrong start, a size beyond the
  ///   bytes at hand, more than 4096 entries or 2^27 values, a name that is repeated or holds other
  ///   characters, a value that is not finite, and bytes after the end.
  public init(decoding bytes: [UInt8]) throws(EngineError) {
    var source = ContainerBytes(bytes)
    try self.init(from: &source)
  }

  /// Reads a container to its end; throws what ``init(decoding:)`` throws, and what the source does.
  init(from source: inout some ContainerSource) throws(EngineError) {
    let magic = try source.bytes(Self.magic.count)
    guard magic == Self.magic else {
      throw .damagedParameters(
        problem: magic.dropLast() == Self.magic.dropLast()
          ? "they were written by a newer version of SecondLook"
          : "they do not start like a weight container")
    }
    let announced = try source.number(UInt32.self)
    guard announced <= Self.maximumEntries else {
      throw .damagedParameters(problem: "they announce \(announced) entries")
    }
    var entries: [Entry] = []
    var names: Set<String> = []
    var total = 0
    for _ in 0..<announced {
      let entry = try source.entry(valuesLeft: Self.maximumCount - total)
      guard names.insert(entry.name).inserted else {
        throw .damagedParameters(problem: "entry \(entry.name) appears twice")
      }
      total += entry.values.count
      entries.append(entry)
    }
    guard source.left == 0 else {
      throw .damagedParameters(problem: "there are bytes after the last entry")
    }
    self.init(entries: entries)
  }
}

/// Byte strings that are looked for all at once, in a time that their number does not change.
///
/// Case of ASCII letters does not count, and the ^ between the parts of a name is a space. Each
/// pattern is filed under its first bytes; where those stand, one look-up is made for each length
/// that patterns beginning so have.
struct PatternSet {
  /// Bytes that a pattern has at least.
  let shortest: Int
  private var patterns: Set<[UInt8]> = []
  /// The lengths of patterns, by their first `shortest` bytes.
  private var lengths: [UInt64: Set<Int>] = [:]
  /// Most places are ruled out by their first two bytes.
  private var begins = [Bool](repeating: false, count: 0x1_0000)

  init(shortest: Int) {
    precondition((2...8).contains(shortest), "first bytes fit into a word, and are two at least")
    self.shortest = shortest
  }

  /// Adds one, unless it is too short.
  mutating func insert(_ pattern: some Sequence<UInt8>) {
    let folded = pattern.map(Self.folded)
    guard folded.count >= shortest, patterns.insert(folded).inserted else { return }
    let head = folded.prefix(shortest).reduce(0) { $0 << 8 | UInt64($1) }
    lengths[head, default: []].insert(folded.count)
    begins[Int(folded[0]) << 8 | Int(folded[1])] = true
  }

  /// Whether any of them stands somewhere in the bytes.
  func appears(in bytes: [UInt8]) -> Bool {
    guard bytes.count >= shortest else { return false }
    let mask = UInt64.max >> UInt64(64 - shortest * 8)
    let behindTwo = UInt64(shortest - 2) * 8
    var head: UInt64 = 0
    for index in bytes.indices {
      head = (head << 8 | UInt64(Self.folded(bytes[index]))) & mask
      guard begins[Int(head >> behindTwo)], let known = lengths[head] else { continue }
      let start = index + 1 - shortest
      guard start >= 0 else { continue }
      for length in known where length <= bytes.count - start {
        if patterns.contains(bytes[start..<start + length].map(Self.folded)) { return true }
      }
    }
    return false
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5a: byte | 0x20
    case 0x5e: 0x20
    default: byte
    }
  }
}

/// On the wire, little endian: `SLSTAT1\n`; two bytes, how many histograms, and for each its name
/// (a byte of length first), two bytes, how many bins, and four for each count; two bytes, how many
/// sums, and for each its name, four bytes of lessons, two bytes, how many values, and eight for
/// each value (IEEE 754). Nothing follows.
extension Statistics {
  static let magic = "SLSTAT1\n"
  static let mostEntries = 64

  func encoded() -> [UInt8] {
    var wire = WireWriter(magic: Self.magic)
    wire.put(UInt16(histograms.count))
    for histogram in histograms {
      wire.put(name: histogram.name)
      wire.put(UInt16(histogram.counts.count))
      for count in histogram.counts { wire.put(UInt32(clamping: count)) }
    }
    wire.put(UInt16(sums.count))
    for sum in sums {
      wire.put(name: sum.name)
      wire.put(UInt32(clamping: sum.lessons))
      wire.put(UInt16(sum.values.count))
      for value in sum.values { wire.put(value) }
    }
    return wire.bytes
  }

  /// - Throws: ``FederationError/malformed(_:)`` for anything but what ``encoded()`` writes.
  init(decoding bytes: [UInt8]) throws(FederationError) {
    var wire = try WireReader(bytes, magic: Self.magic)
    self.init()
    for _ in 0..<(try wire.entries()) {
      let name = try wire.name()
      var counts: [Int] = []
      for _ in 0..<(try wire.integer(UInt16.self)) {
        counts.append(try wire.lessons())
      }
      histograms.append(Histogram(name: name, counts: counts))
    }
    for _ in 0..<(try wire.entries()) {
      let name = try wire.name()
      let lessons = try wire.lessons()
      var values: [Double] = []
      for _ in 0..<(try wire.integer(UInt16.self)) { values.append(try wire.number()) }
      sums.append(Sum(name: name, lessons: lessons, values: values))
    }
    try wire.finish()
    let names = histograms.map(\.name) + sums.map(\.name)
    guard Set(names).count == names.count else { throw .malformed("a name is there twice") }
  }
}

extension WireWriter {
  fileprivate mutating func put(name: String) {
    put(UInt8(name.utf8.count))
    put(Array(name.utf8))
  }
}

extension WireReader {
  fileprivate mutating func entries() throws(FederationError) -> Int {
    let count = Int(try integer(UInt16.self))
    guard count <= Statistics.mostEntries else { throw .malformed("too many entries") }
    return count
  }

  fileprivate mutating func name() throws(FederationError) -> String {
    let name = String(decoding: try take(Int(try integer(UInt8.self))), as: UTF8.self)
    guard Statistics.isName(name) else { throw .malformed("an entry has no proper name") }
    return name
  }

  fileprivate mutating func lessons() throws(FederationError) -> Int {
    let count = Int(try integer(UInt32.self))
    guard count <= Statistics.mostLessons else { throw .malformed("more lessons than there are") }
    return count
  }
}

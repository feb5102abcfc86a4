/// The bytes of a file, of which a piece is in memory.
///
/// A header is a small part of an image: what is skipped by its length is never read.
struct ByteWindow {
  /// Gives these bytes of the file; nil, or fewer, where it cannot.
  typealias Load = (Range<Int>) -> [UInt8]?

  /// Bytes of the whole file.
  let count: Int
  private var piece: [UInt8]
  /// Where the piece begins in the file.
  private var start = 0
  private let load: Load?

  /// A file that is in memory.
  init(_ bytes: [UInt8]) {
    count = bytes.count
    piece = bytes
    load = nil
  }

  /// A file of so many bytes that is read as it is needed.
  init(count: Int, load: @escaping Load) {
    self.count = count
    self.load = load
    piece = []
  }

  /// Most headers fit into the first piece.
  private static let firstSize = 16_384
  private static let nextSize = 65_536
  /// After a jump over pixels, little is left to be read.
  private static let jumpSize = 1_024

  /// Sees to it that so many bytes from a place on may be asked for.
  ///
  /// - Throws: ``DICOMError/truncated(at:)`` if the file has no more, or cannot be read there.
  @inline(__always)
  mutating func hold(_ needed: Int, at place: Int) throws(DICOMError) {
    if place >= start, place + needed <= start + piece.count { return }
    try move(to: place, needed)
  }

  private mutating func move(to place: Int, _ needed: Int) throws(DICOMError) {
    guard needed <= count - place, let load else { throw .truncated(at: place) }
    let end = start + piece.count
    let size = end == 0 ? Self.firstSize : place > end ? Self.jumpSize : Self.nextSize
    let range = place..<min(count, place + max(needed, size))
    guard let loaded = load(range), loaded.count == range.count else {
      throw .truncated(at: place)
    }
    (piece, start) = (loaded, place)
  }

  /// Eight bytes that are held, the first one lowest.
  @inline(__always)
  func word(at place: Int) -> UInt64 {
    let bytes = piece.span
    let first = place - start
    precondition(first >= 0 && first + 8 <= bytes.count, "bytes are held before they are read")
    return (0..<8).reduce(0) { $0 | UInt64(bytes[first + $1]) << UInt64(8 * $1) }
  }

  /// Bytes that are held.
  subscript(range: Range<Int>) -> ArraySlice<UInt8> {
    piece[range.lowerBound - start..<range.upperBound - start]
  }

  /// The first bytes, as many as there are of these.
  mutating func first(_ wanted: Int) throws(DICOMError) -> [UInt8] {
    let known = min(wanted, count)
    if known > 0 { try hold(known, at: 0) }
    return Array(self[0..<known])
  }

  /// Everything from a place on.
  func rest(from place: Int) throws(DICOMError) -> ArraySlice<UInt8> {
    guard let load else { return piece[place...] }
    guard let all = load(place..<count), all.count == count - place else {
      throw .truncated(at: place)
    }
    return all[...]
  }
}

import Crypto
import Glibc

/// Named float arrays of a network, in network order; the only thing that may travel between sites.
public struct Parameters: Sendable, Equatable {
  /// One array: row-major values of a shape.
  public struct Entry: Sendable, Equatable {
    /// Unique within its `Parameters`; 1 to 128 of the characters `A-Z a-z 0-9 . _ -`.
    public let name: String
    /// Extents, outermost first; a convolution's weight is `[outputs, inputs, height, width]`.
    public let shape: [Int]
    /// The numbers, as many as `shape` multiplies to.
    public var values: [Float]

    public init(name: String, shape: [Int], values: [Float]) {
      precondition(Self.isName(name), "a name is 1 to 128 of A-Z a-z 0-9 . _ -")
      precondition(shape.allSatisfy { $0 > 0 }, "extents are positive")
      precondition(shape.reduce(1, *) == values.count, "as many values as the shape multiplies to")
      self.name = name
      self.shape = shape
      self.values = values
    }

    /// Takes the numbers straight to where they stay.
    ///
    /// - Parameters:
    ///   - name: as of every entry.
    ///   - shape: as of every entry.
    ///   - fill: writes every byte of the room, as many as the shape's numbers take.
    /// - Throws: what `fill` throws.
    public init<Failure: Error>(
      name: String, shape: [Int],
      filledBy fill: (_ room: UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
      var values = [Float](unsafeUninitializedCapacity: shape.reduce(1, *)) { room, made in
        Self.adviseLargePages(for: room)
        // Written below, before anybody can read them.
        made = room.count
      }
      try values.withUnsafeMutableBufferPointer { room throws(Failure) in
        try fill(UnsafeMutableRawBufferPointer(room))
      }
      self.init(name: name, shape: shape, values: values)
    }

    /// Fresh memory comes in few large pieces instead of thousands: half the time to read it.
    private static func adviseLargePages(for room: UnsafeMutableBufferPointer<Float>) {
      let page = 2 << 20
      let begin = Int(bitPattern: room.baseAddress)
      let (first, end) = ((begin + page - 1) & -page, (begin + room.count * 4) & -page)
      if first < end {
        madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_HUGEPAGE)
      }
    }

    /// Whether a text may name an entry; keeps control characters out of logs and screens.
    public static func isName(_ text: String) -> Bool {
      (1...128).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
          default: false
          }
        }
    }
  }

  /// The arrays, in network order; names are unique.
  public var entries: [Entry]

  public init(entries: [Entry]) {
    precondition(Set(entries.map(\.name)).count == entries.count, "names are unique")
    self.entries = entries
  }

  /// The entry of that name.
  public subscript(name: String) -> Entry? {
    entries.first { $0.name == name }
  }

  /// How many numbers there are in all entries together.
  public var count: Int {
    entries.reduce(0) { $0 + $1.values.count }
  }

  /// Lowercase hexadecimal SHA-256 of ``encoded()``: the name of this content.
  public var digest: String {
    var hash = SHA256()
    do { try encode(to: &hash) } catch { preconditionFailure("a digest takes what it is given") }
    return Self.hexadecimal(hash.finalize())
  }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Whether the other has the same names and shapes in the same order.
  public func isShaped(like other: Parameters) -> Bool {
    firstDifference(from: other) == nil
  }

  /// The name of the first entry that is missing, extra or of another shape.
  func firstDifference(from other: Parameters) -> String? {
    for (mine, theirs) in zip(entries, other.entries)
    where mine.name != theirs.name || mine.shape != theirs.shape
      || mine.values.count != theirs.values.count
    {
      return mine.name
    }
    if entries.count == other.entries.count { return nil }
    let shared = min(entries.count, other.entries.count)
    return (entries.count > shared ? entries : other.entries)[shared].name
  }
}

import Crypto

/// The name of an object: the SHA-256 of its bytes, in 64 lowercase hexadecimal digits.
///
/// The name of a message is so the root of a hash tree over everything in it.
public struct ObjectID: Sendable, Hashable, CustomStringConvertible {
  /// 64 of the characters `0-9 a-f`.
  public let description: String

  /// The name of these bytes.
  public init(of bytes: some Collection<UInt8>) {
    var hash = SHA256()
    // A whole slice at once: byte by byte takes seconds for a chunk.
    if bytes.withContiguousStorageIfAvailable({ unsafe hash.update(bufferPointer: .init($0)) })
      == nil
    {
      hash.update(data: Array(bytes))
    }
    description = Array(hash.finalize()).hexadecimal
  }

  /// Reads a name; none if it is not exactly what a digest is written as.
  public init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    let areDigits = digits.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
      default: false
      }
    }
    guard digits.count == 2 * digestLength, areDigits else { return nil }
    description = String(decoding: digits, as: UTF8.self)
  }
}

public import Foundation
import Crypto

extension Store {
  /// Keeps a file's bytes under their SHA-256, and returns that digest in lowercase hexadecimal.
  ///
  /// The bytes are on the disk when the call returns. Keeping the same bytes again changes
  /// nothing; a damaged copy is mended.
  /// - Throws: ``StoreError/diskFull`` or ``StoreError/notPermitted(path:)``.
  public func keep(_ bytes: Data) throws(StoreError) -> String {
    let digest = Self.digest(of: bytes)
    let place = place(of: digest)
    if let kept = try? Data(contentsOf: place), kept == bytes { return digest }
    let folder = place.deletingLastPathComponent()
    try PrivateFolder.make(objects)
    try PrivateFolder.make(folder)
    try DurableFile.write(bytes, to: place)
    return digest
  }

  /// Where the bytes of a digest are; the file is not to be changed.
  ///
  /// - Throws: ``StoreError/notFound`` if there are none.
  public func objectURL(_ digest: String) throws(StoreError) -> URL {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isLowercaseHex) else {
      throw .notFound
    }
    let place = place(of: digest)
    guard FileManager.default.fileExists(atPath: place.path) else { throw .notFound }
    return place
  }

  /// The bytes of a digest, proven to be those that were kept.
  ///
  /// - Throws: ``StoreError/notFound``, or ``StoreError/damaged(_:)`` if they are others by now.
  public func object(_ digest: String) throws(StoreError) -> Data {
    let place = try objectURL(digest)
    let bytes: Data
    do { bytes = try Data(contentsOf: place) } catch { throw StoreError(error) }
    guard Self.digest(of: bytes) == digest else {
      throw .damaged("the stored image \(digest.prefix(12))… is not what was stored")
    }
    return bytes
  }

  /// SHA-256 in lowercase hexadecimal.
  static func digest(of bytes: some DataProtocol) -> String {
    SHA256.hash(data: bytes).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// Two levels, so that no folder holds more than a 256th of all files.
  private func place(of digest: String) -> URL {
    objects.appending(path: "\(digest.prefix(2))/\(digest)", directoryHint: .notDirectory)
  }

  private static func isLowercaseHex(_ character: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(character)
  }
}

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

  /// Keeps what a file holds under its SHA-256, whatever its size, in bounded memory.
  ///
  /// The file stays where it is. One that is `settled` is never written to again and lies on the
  /// store's own disk, as those of a spool do: the store then shares its bytes and copies nothing.
  /// - Returns: the digest in lowercase hexadecimal, and how many bytes were kept.
  /// - Throws: ``StoreError/notFound`` if the file is gone; ``StoreError/diskFull`` or
  ///   ``StoreError/notPermitted(path:)``.
  public func keep(
    _ file: URL, settled isSettled: Bool = false
  ) throws(StoreError) -> (digest: String, bytes: Int) {
    let source = try ObjectFile(file)
    let known = try source.digest()
    let place = place(of: known.digest)
    if let kept = try? ObjectFile(place).digest(), kept == known { return known }
    try PrivateFolder.make(objects)
    try PrivateFolder.make(place.deletingLastPathComponent())
    if isSettled, try DurableFile.share(file, as: place) { return known }
    var found = known
    // The file may have changed since it was measured: what is kept is named by what it is.
    try DurableFile.write(to: place) { write throws(StoreError) in
      found = try source.digest(write)
      let place = self.place(of: found.digest)
      try PrivateFolder.make(place.deletingLastPathComponent())
      return place
    }
    return found
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
    hexadecimal(SHA256.hash(data: bytes))
  }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
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

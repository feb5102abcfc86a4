import Crypto
import Foundation

/// A file that is read in pieces, so that its size costs no memory.
struct ObjectFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private static let piece = 1 << 20

  /// Opens a file that exists.
  init(_ url: URL) throws(StoreError) {
    path = url.path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .notFound : StoreError(errno: errno, path: path)
    }
  }

  deinit { close(descriptor) }

  /// SHA-256 of the content in lowercase hexadecimal, and how many bytes there are.
  ///
  /// `each` is given every piece in order.
  func digest(
    _ each: (UnsafeRawBufferPointer) throws(StoreError) -> Void = { _ throws(StoreError) in }
  ) throws(StoreError) -> (digest: String, bytes: Int) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw StoreError(errno: errno, path: path) }
    var hash = SHA256()
    var all = 0
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 64)
    defer { room.deallocate() }
    while true {
      let count = read(descriptor, room.baseAddress, room.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw StoreError(errno: errno, path: path) }
      if count == 0 { break }
      let piece = UnsafeRawBufferPointer(rebasing: room[..<count])
      hash.update(bufferPointer: piece)
      try each(piece)
      all += count
    }
    return (Store.hexadecimal(hash.finalize()), all)
  }
}

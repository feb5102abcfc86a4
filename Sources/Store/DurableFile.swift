public import Foundation

/// Files that are there whole or not at all, even after a power cut.
public enum DurableFile {
  /// Writes beside the target, waits for the disk, then takes the target's name.
  ///
  /// The file's mode is 0600 from its first byte on. A failure leaves nothing behind.
  /// - Throws: ``StoreError/diskFull`` or ``StoreError/notPermitted(path:)``.
  public static func write(_ bytes: Data, to target: URL) throws(StoreError) {
    let folder = target.deletingLastPathComponent()
    let draft = folder.appending(path: ".\(UUID().uuidString)").path
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(errno: errno, path: draft) }
    do throws(StoreError) {
      defer { close(descriptor) }
      try fill(descriptor, with: bytes, path: draft)
      guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, path: draft) }
      guard rename(draft, target.path) == 0 else {
        throw StoreError(errno: errno, path: target.path)
      }
    } catch {
      unlink(draft)
      throw error
    }
    try settle(folder)
    try settle(folder.deletingLastPathComponent())
  }

  private static func fill(
    _ descriptor: Int32, with bytes: Data, path: String
  ) throws(StoreError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, path: path)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until a folder's list of names is on the disk, where the folder may be read.
  private static func settle(_ folder: URL) throws(StoreError) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0, errno == EACCES { return }
    guard descriptor >= 0 else { throw StoreError(errno: errno, path: folder.path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, path: folder.path) }
  }
}

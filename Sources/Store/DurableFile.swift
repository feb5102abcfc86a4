public import Foundation

/// Files that are there whole or not at all, even after a power cut.
public enum DurableFile {
  /// Writes beside the target, waits for the disk, then takes the target's name.
  ///
  /// The file's mode is 0600 from its first byte on. A failure leaves nothing behind.
  /// - Throws: ``StoreError/diskFull`` or ``StoreError/notPermitted(path:)``.
  public static func write(_ bytes: Data, to target: URL) throws(StoreError) {
    try write(to: target) { write throws(StoreError) in
      var failure: StoreError?
      bytes.withUnsafeBytes { all in
        do throws(StoreError) { try write(all) } catch { failure = error }
      }
      if let failure { throw failure }
      return target
    }
  }

  /// Writes pieces beside the target, waits for the disk, then takes the name that `fill` returns,
  /// which lies in a folder that exists.
  static func write(
    to target: URL,
    _ fill: ((UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) -> URL
  ) throws(StoreError) {
    let draft = target.deletingLastPathComponent().appending(path: ".\(UUID().uuidString)").path
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(errno: errno, path: draft) }
    var name = target
    do throws(StoreError) {
      defer { close(descriptor) }
      name = try fill { bytes throws(StoreError) in
        try append(bytes, to: descriptor, path: draft)
      }
      guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, path: draft) }
      guard rename(draft, name.path) == 0 else { throw StoreError(errno: errno, path: name.path) }
    } catch {
      unlink(draft)
      throw error
    }
    let folder = name.deletingLastPathComponent()
    try settle(folder)
    try settle(folder.deletingLastPathComponent())
  }

  /// Gives a file that is on the disk already a second name, in place of what had it.
  ///
  /// - Returns: false where the two cannot share, for example on different disks.
  static func share(_ file: URL, as target: URL) throws(StoreError) -> Bool {
    let folder = target.deletingLastPathComponent()
    let draft = folder.appending(path: ".\(UUID().uuidString)").path
    guard link(file.path, draft) == 0 else { return false }
    guard chmod(draft, 0o600) == 0, rename(draft, target.path) == 0 else {
      defer { unlink(draft) }
      throw StoreError(errno: errno, path: target.path)
    }
    // Where both names are of one file already, rename leaves the draft.
    unlink(draft)
    try settle(folder)
    try settle(folder.deletingLastPathComponent())
    return true
  }

  private static func append(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, path: path)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
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

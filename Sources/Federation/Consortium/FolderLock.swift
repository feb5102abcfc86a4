import Foundation

/// Holds a file for one program at a time, until it is let go or its program ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``ConsortiumError/inUse(folder:)`` and ``ConsortiumError/notKept(place:reason:)``.
  init(_ file: URL, of folder: URL) throws(ConsortiumError) {
    descriptor = unsafe open(file.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .notKept(place: file.path, reason: "it cannot be opened (\(errno))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .inUse(folder: folder.path)
    }
  }

  deinit {
    // By name: a program that another thread starts at this moment has the descriptor too, until it
    // is under way.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

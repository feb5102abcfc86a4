import Foundation
import Glibc
import Synchronization

/// Tells when something is put into folders, and which files somebody is still writing to.
///
/// inotify(7) of Linux: one watch for each folder, new folders among them. The kernel may lose
/// events or give no more watches, and a disk of another machine has none: whoever waits looks at the
/// folders now and then all the same.
final class FolderWatch: Sendable {
  private let descriptor: Int32
  private let state = Mutex(State())

  private struct State {
    /// The folder of each watch.
    var folders: [Int32: URL] = [:]
    /// Files that were written to and not closed since.
    var growing: Set<String> = []
  }

  private static let interest =
    UInt32(IN_CREATE) | UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO)
    | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE) | UInt32(IN_ONLYDIR)

  /// Watches folders and those inside of them.
  init(_ folders: [URL]) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    for folder in folders { watch(folder) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Watches a folder as well; the same folder twice is one watch.
  func watch(_ folder: URL) {
    guard descriptor >= 0 else { return }
    let watch = inotify_add_watch(descriptor, folder.path, Self.interest)
    guard watch >= 0 else { return }
    let isKnown = state.withLock { $0.folders.updateValue(folder, forKey: watch) != nil }
    guard !isKnown else { return }
    let contents = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.isDirectoryKey])
    for entry in contents ?? [] where entry.hasDirectoryPath { self.watch(entry) }
  }

  /// Whether somebody has a file open and has written to it.
  func isGrowing(_ file: URL) -> Bool {
    hear()
    return state.withLock { $0.growing.contains(file.standardizedFileURL.path) }
  }

  /// Waits until something happens in the folders, at most this long; whether it did.
  ///
  /// It returns at once when the task is cancelled.
  func wait(atMost time: Duration) async -> Bool {
    guard descriptor >= 0 else {
      try? await Task.sleep(for: time)
      return false
    }
    let end = ContinuousClock.now + time
    // Asked ten times a second: a thread that waits in the kernel instead would be one of two that
    // all tasks of this machine share.
    while ContinuousClock.now < end, !Task.isCancelled {
      if hear() { return true }
      try? await Task.sleep(for: min(.milliseconds(100), end - ContinuousClock.now))
    }
    return false
  }

  /// Takes in what happened since the last time; whether a file became whole.
  @discardableResult
  private func hear() -> Bool {
    guard descriptor >= 0 else { return false }
    var isNews = false
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
    defer { room.deallocate() }
    while true {
      let count = read(descriptor, room.baseAddress, room.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return isNews }
      if take(UnsafeRawBufferPointer(rebasing: room[..<count])) { isNews = true }
    }
  }

  /// Takes in some events, one after another; whether a file became whole: watch, mask, cookie, length, name (inotify(7)).
  private func take(_ events: UnsafeRawBufferPointer) -> Bool {
    let news =
      UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_Q_OVERFLOW) | UInt32(IN_ISDIR)
    var isNews = false
    var start = 0
    let header = MemoryLayout<inotify_event>.size
    while start + header <= events.count {
      let watch = events.loadUnaligned(fromByteOffset: start, as: Int32.self)
      let mask = events.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
      let length = Int(events.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
      let end = min(start + header + length, events.count)
      let name = String(decoding: events[(start + header)..<end].prefix { $0 != 0 }, as: UTF8.self)
      start = end
      if mask & news != 0 { isNews = true }
      if mask & UInt32(IN_Q_OVERFLOW) != 0 { state.withLock { $0.growing = [] } }
      if mask & UInt32(IN_IGNORED) != 0 {
        state.withLock { _ = $0.folders.removeValue(forKey: watch) }
      }
      note(name, mask, at: watch)
    }
    return isNews
  }

  private func note(_ name: String, _ mask: UInt32, at watch: Int32) {
    guard !name.isEmpty, let folder = state.withLock({ $0.folders[watch] }) else { return }
    let place = folder.appending(path: name)
    if mask & UInt32(IN_ISDIR) != 0 {
      if mask & (UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)) != 0 { self.watch(place) }
      return
    }
    let path = place.standardizedFileURL.path
    // A second name for a whole file is no beginning: nobody will close it.
    let size = (try? place.resourceValues(forKeys: [.fileSizeKey]))?.fileSize
    let isBegun = mask & UInt32(IN_CREATE) != 0 && size == 0
    let isWritten = isBegun || mask & UInt32(IN_MODIFY) != 0
    state.withLock { state in
      if isWritten { state.growing.insert(path) } else { state.growing.remove(path) }
    }
  }
}

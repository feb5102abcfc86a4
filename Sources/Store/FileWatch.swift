@preconcurrency import Dispatch
import Foundation
import Glibc

/// Tells when a database file of a folder, or its log, is written to or taken away: inotify(7) of
/// Linux.
///
/// Nothing runs and nothing wakes up while nobody writes. Writers on other machines are not heard,
/// and need not be: SQLite's log is for programs of one machine.
final class FileWatch: Sendable {
  private let source: any DispatchSourceRead
  private let events: AsyncStream<Void>

  /// - Returns: none where the kernel has no more watches to give.
  init?(_ name: String, in folder: URL) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    let interest = [
      IN_MODIFY, IN_CREATE, IN_DELETE, IN_MOVED_TO, IN_MOVED_FROM, IN_DELETE_SELF, IN_MOVE_SELF,
    ].reduce(UInt32(0)) { $0 | UInt32($1) }
    guard inotify_add_watch(descriptor, folder.path, interest) >= 0 else {
      close(descriptor)
      return nil
    }
    let (events, heard) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.events = events
    source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "secondlook.file-watch"))
    source.setEventHandler {
      // What happens to the folder itself has no name.
      if Self.names(from: descriptor).contains(where: { ["", name, name + "-wal"].contains($0) }) {
        heard.yield()
      }
    }
    source.setCancelHandler {
      close(descriptor)
      heard.finish()
    }
    source.resume()
  }

  deinit { source.cancel() }

  /// Waits until something was written since the last time; not at all once the task is cancelled.
  func wait() async {
    for await _ in events { return }
  }

  /// The files of all events that wait: watch, mask, cookie, length, name each.
  private static func names(from descriptor: Int32) -> [String] {
    var names: [String] = []
    var room = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(descriptor, &room, room.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return names }
      var start = 0
      while start + 16 <= count {
        let length = room[start + 12..<start + 16].reversed().reduce(0) { $0 << 8 | Int($1) }
        let end = min(start + 16 + length, count)
        names.append(String(decoding: room[start + 16..<end].prefix { $0 != 0 }, as: UTF8.self))
        start = end
      }
    }
  }
}

import Foundation
import GRDB
import Synchronization

extension Store {
  /// A number that is another one after any program, this one too, changed the store.
  ///
  /// It says nothing else; in particular it need not grow.
  /// Source: SQLite's `PRAGMA data_version`, which counts what other connections commit.
  public func version() throws(StoreError) -> Int {
    guard let watch else { return try read(\.totalChangesCount) }
    try refuseGone()
    do {
      return try watch.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    } catch {
      throw StoreError(error)
    }
  }

  /// Says so whenever the store was changed since it last said so, or since this call.
  ///
  /// It sleeps until its file is written to, says so once in the given time at most, and looks only
  /// while somebody waits. A store that cannot be looked at counts as changed: whoever asks it next
  /// learns why. The stream ends when the task that waits is cancelled.
  public func changes(every interval: Duration) -> AsyncStream<Void> {
    // The watch comes first: what changes after it and before the version is looked at twice.
    let file = home.flatMap { FileWatch("secondlook.sqlite", in: $0) }
    let seen = Mutex(try? version())
    return AsyncStream {
      while true {
        if let file { await file.wait() }
        do { try await Task.sleep(for: interval) } catch { return nil }
        let now = try? self.version()
        let isNew = seen.withLock { seen in
          defer { seen = now }
          return now == nil || now != seen
        }
        if isNew { return }
      }
    }
  }
}

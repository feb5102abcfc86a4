import Dispatch
import Foundation
import Synchronization

/// What a measurement leaves behind should ^C end it: processes to stop and folders to remove.
enum Leftovers {
  private static let pending = Mutex<[UUID: @Sendable () -> Void]>([:])
  private static let watch: Void = {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        // Named here so that it lives as long as the process.
        withExtendedLifetime(source) {
          for work in pending.withLock({ $0 }).values { work() }
        }
        exit(128 + number)
      }
      source.resume()
    }
  }()

  /// Remembers how to clear something away; gives what it is forgotten by.
  static func add(_ work: @escaping @Sendable () -> Void) -> UUID {
    watch
    let id = UUID()
    pending.withLock { $0[id] = work }
    return id
  }

  static func forget(_ id: UUID) {
    pending.withLock { $0[id] = nil }
  }
}

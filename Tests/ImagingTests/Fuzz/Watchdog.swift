import Foundation
import Synchronization

/// Ends the program where a mutant is read for ever: there is no other way out of a loop.
final class Watchdog: Sendable {
  private struct State {
    var seed: UInt64?
    var since = ContinuousClock.now
    var isDone = false
  }
  private let state = Mutex(State())

  /// Watches until ``stop()``; one mutant may take so long.
  init(limit: Duration) {
    Thread.detachNewThread { [self] in
      while true {
        sleep(1)
        let (seed, since, isDone) = state.withLock { ($0.seed, $0.since, $0.isDone) }
        if isDone { return }
        if let seed, ContinuousClock.now - since > limit {
          fatalError("the mutant of seed \(seed) is read for ever")
        }
      }
    }
  }

  func begin(_ seed: UInt64) { state.withLock { ($0.seed, $0.since) = (seed, .now) } }

  func stop() { state.withLock { $0.isDone = true } }
}

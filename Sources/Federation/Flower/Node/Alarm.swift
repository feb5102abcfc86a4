import Dispatch
import Synchronization

/// Wakes who rests, in time.
///
/// `Task.sleep` wakes on one of the threads that all tasks share, as many as there are cores, also
/// who has a thread of its own. Where others hold them all for a minute, a heartbeat would come too
/// late for its coordinator.
final class Alarm: Sendable {
  private enum State {
    case set
    case waited(CheckedContinuation<Void, any Error>)
    case over
  }

  private let state = Mutex(State.set)
  /// It has a thread whoever else has none: only of concurrent queues are there no more than cores.
  private static let clock = DispatchQueue(label: "secondlook.alarm")

  /// Rests for so long.
  ///
  /// - Throws: `CancellationError`, at once when the task is cancelled.
  static func rest(for time: Duration) async throws {
    let alarm = Alarm()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { alarm.wait($0, for: time) }
    } onCancel: {
      alarm.end(throwing: CancellationError())
    }
  }

  private func wait(_ sleeper: CheckedContinuation<Void, any Error>, for time: Duration) {
    let isOver = state.withLock { state in
      if case .over = state { return true }
      state = .waited(sleeper)
      return false
    }
    guard !isOver else { return sleeper.resume(throwing: CancellationError()) }
    let nanoseconds = Int(min(time / .nanoseconds(1), Double(1 << 62)))
    Self.clock.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.end() }
  }

  private func end(throwing error: (any Error)? = nil) {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      defer { state = .over }
      guard case .waited(let sleeper) = state else { return nil }
      return sleeper
    }
    if let error { sleeper?.resume(throwing: error) } else { sleeper?.resume() }
  }
}

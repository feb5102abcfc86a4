import Glibc
import Synchronization

/// Inference goes before training: someone waits for it.
///
/// Training looks between two pieces of work, so inference has the processors for itself within
/// the time of one piece. It is not stopped for good: a long row of studies lets a piece through
/// now and then.
enum Precedence {
  private static let atWork = Atomic(0)

  /// Runs what goes first.
  static func first<Result>(
    _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    atWork.wrappingAdd(1, ordering: .relaxed)
    defer { atWork.wrappingSubtract(1, ordering: .relaxed) }
    return try body()
  }

  /// Waits while something goes first, but not longer than ``patience``.
  static func giveWay() {
    var waited = 0
    while atWork.load(ordering: .relaxed) > 0, waited < patience {
      usleep(UInt32(look))
      waited += look
    }
  }

  /// Microseconds until a piece of work is let through all the same.
  private static let patience = 50_000
  /// Microseconds between two looks.
  private static let look = 100
}

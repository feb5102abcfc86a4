import Foundation
import Synchronization

/// One line on standard error that tells how far a long command has come.
///
/// On a terminal it is drawn over itself a few times a second; elsewhere nothing is printed, so
/// that logs stay readable.
final class ProgressLine: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let lastDrawn = Mutex<ContinuousClock.Instant?>(nil)

  /// Draws the line, unless it was drawn within the last tenth of a second.
  func show(_ text: @autoclosure () -> String, isLast: Bool = false) {
    guard isTerminal else { return }
    let isDue = lastDrawn.withLock { last in
      let now = ContinuousClock.now
      if let last, !isLast, now - last < .milliseconds(100) { return false }
      last = now
      return true
    }
    if isDue { write("\r\u{1B}[K" + text() + (isLast ? "\n" : "")) }
  }

  /// Removes the line, if there is one.
  func clear() {
    if isTerminal, lastDrawn.withLock({ $0 != nil }) { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// A bar of twenty cells, for a share from 0 to 1.
func bar(_ share: Double) -> String {
  let full = Int((min(max(share, 0), 1) * 20).rounded())
  return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
}

/// Minutes and seconds, for people.
func clock(_ duration: Duration) -> String {
  let seconds = Int(duration.components.seconds)
  return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
}

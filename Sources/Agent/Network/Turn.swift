import Foundation

/// When something that is done every so often is to be done again.
struct Turn {
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  init(every interval: Duration) { self.interval = interval }

  /// Whether it is time; the next turn counts from now.
  mutating func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
    if let last, now - last < interval { return false }
    last = now
    return true
  }

  /// What failed is due at once; whoever asks waits longer each time by itself.
  mutating func `repeat`() { last = nil }
}

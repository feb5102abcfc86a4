public import Foundation

/// When a delivery that failed is tried again, and when it is given up.
public struct RetryRule: Sendable, Hashable {
  /// Seconds before the second attempt; doubles from there.
  public let firstWait: TimeInterval
  /// Most seconds between two attempts.
  public let longestWait: TimeInterval
  /// Seconds since it was queued, or asked for again, after which it is given up.
  public let patience: TimeInterval
  /// Attempts after which it is given up; none for no such limit.
  public let attempts: Int?

  public init(
    firstWait: TimeInterval = 5, longestWait: TimeInterval = 900,
    patience: TimeInterval = 72 * 3600, attempts: Int? = nil
  ) {
    precondition(firstWait >= 0 && longestWait >= firstWait, "a wait does not shrink")
    self.firstWait = firstWait
    self.longestWait = longestWait
    self.patience = patience
    self.attempts = attempts
  }

  /// Seconds until the next attempt: the wait doubles up to the cap, and of it half to all is taken,
  /// so that many that failed together do not come back together.
  ///
  /// The share follows from number and attempts, so that the same failure waits the same time.
  public func wait(after attempts: Int, of number: Int) -> TimeInterval {
    precondition(attempts >= 1, "a wait follows an attempt")
    let doubled = firstWait * pow(2, Double(min(attempts - 1, 40)))
    var mixed = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ UInt64(truncatingIfNeeded: attempts)) &* 0xBF58_476D_1CE4_E5B9
    mixed ^= mixed >> 31
    let share = 0.5 + Double(mixed >> 11) / Double(UInt64(1) << 53) / 2
    return min(doubled, longestWait) * share
  }

  /// Whether another attempt is made at all.
  public func givesUp(after attempts: Int, since queued: Date, at date: Date) -> Bool {
    if let most = self.attempts, attempts >= most { return true }
    return date.timeIntervalSince(queued) >= patience
  }
}

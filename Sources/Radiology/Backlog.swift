public import Foundation

/// What waits to be done: how much, and since when.
public struct Backlog: Codable, Sendable, Hashable {
  public let count: Int
  /// When the one that waits longest began to; none if nothing waits.
  public let oldest: Date?

  public init(count: Int, oldest: Date?) {
    self.count = count
    self.oldest = oldest
  }
}

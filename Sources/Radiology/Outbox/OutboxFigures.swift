public import Foundation

/// How the deliveries to one destination are doing.
public struct OutboxFigures: Codable, Sendable, Hashable {
  public let destination: String
  public let waiting: Int
  public let dead: Int
  public let delivered: Int
  /// When the oldest one that waits was queued.
  public let oldest: Date?
  /// When the last one got there.
  public let last: Date?
  /// What went wrong last with what still waits; none if nothing did.
  public let reason: String?

  public init(
    destination: String, waiting: Int = 0, dead: Int = 0, delivered: Int = 0, oldest: Date? = nil,
    last: Date? = nil, reason: String? = nil
  ) {
    self.destination = destination
    self.waiting = waiting
    self.dead = dead
    self.delivered = delivered
    self.oldest = oldest
    self.last = last
    self.reason = reason
  }
}

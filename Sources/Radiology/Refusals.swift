public import Foundation

/// What was refused of one sender.
public struct Refusals: Codable, Sendable, Hashable {
  /// Who sent it: an application entity, an archive, or a stage of the program.
  public let source: String
  public let count: Int
  /// Why the last one was refused, without patient data.
  public let reason: String
  public let last: Date

  public init(source: String, count: Int, reason: String, last: Date) {
    self.source = source
    self.count = count
    self.reason = reason
    self.last = last
  }
}

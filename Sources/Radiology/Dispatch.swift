public import Foundation

/// Where a version of a report went.
public struct Dispatch: Codable, Sendable, Hashable {
  public let version: Int
  public let destination: String
  /// The names of its documents there.
  public let fileName: String
  public let at: Date

  public init(version: Int, destination: String, fileName: String, at: Date) {
    self.version = version
    self.destination = destination
    self.fileName = fileName
    self.at = at
  }
}

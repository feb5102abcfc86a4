public import Foundation

/// Where a version of a report went.
public struct Dispatch: Codable, Sendable, Hashable {
  public let version: Int
  /// Preliminary versions are counted apart.
  public let isPreliminary: Bool
  public let destination: String
  /// The names of its documents there.
  public let fileName: String
  public let at: Date

  public init(
    version: Int, isPreliminary: Bool = false, destination: String, fileName: String, at: Date
  ) {
    self.version = version
    self.isPreliminary = isPreliminary
    self.destination = destination
    self.fileName = fileName
    self.at = at
  }
}

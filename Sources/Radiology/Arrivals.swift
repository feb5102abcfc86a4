public import Foundation

/// What one sender has sent.
public struct Arrivals: Codable, Sendable, Hashable {
  /// An application entity, a PACS, a folder, or `import`.
  public let source: String
  public let instances: Int
  /// How many of them have no picture to show.
  public let refused: Int
  public let bytes: Int
  /// When the last one was stored.
  public let last: Date

  public init(source: String, instances: Int, refused: Int, bytes: Int, last: Date) {
    self.source = source
    self.instances = instances
    self.refused = refused
    self.bytes = bytes
    self.last = last
  }
}

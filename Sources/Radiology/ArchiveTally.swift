/// How much of what an archive says it has is here.
public struct ArchiveTally: Codable, Sendable, Hashable {
  /// The archive's name in the configuration.
  public let source: String
  /// Studies it was asked about, and how many of them lack an object here.
  public let studies: Int
  public let incomplete: Int
  /// Objects it says these studies have, and how many of them are here.
  public let expected: Int
  public let received: Int

  public init(source: String, studies: Int, incomplete: Int, expected: Int, received: Int) {
    self.source = source
    self.studies = studies
    self.incomplete = incomplete
    self.expected = expected
    self.received = received
  }
}

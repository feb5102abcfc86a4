public import Foundation

/// That somebody has a study open to read it, so that nobody else writes to it meanwhile.
///
/// Whoever holds it says every now and then that they are still there; a session that has crashed
/// falls silent, and the study is free again after ``term``.
public struct Lease: Codable, Sendable, Hashable {
  public let study: Study.ID
  /// One run of the program.
  public let session: String
  public let reader: String
  public let since: Date
  /// When the session said last that it is still there.
  public let seen: Date

  /// Seconds of silence after which a lease holds no longer.
  public static let term: TimeInterval = 180

  public init(study: Study.ID, session: String, reader: String, since: Date, seen: Date) {
    self.study = study
    self.session = session
    self.reader = reader
    self.since = since
    self.seen = seen
  }

  public func holds(at date: Date) -> Bool { date.timeIntervalSince(seen) < Self.term }
}

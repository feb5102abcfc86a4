public import Foundation

/// That somebody has a study open to read it, so that nobody else writes to it meanwhile.
///
/// Whoever holds it says every now and then that they are still there; a session that has crashed
/// falls silent, and the study is free again after ``term``. The silence is measured by a clock
/// that nobody can set: a wall clock that jumps neither frees a study nor locks it up.
public struct Lease: Codable, Sendable, Hashable {
  public let study: Study.ID
  /// One run of the program.
  public let session: String
  public let reader: String
  /// For people to read; nothing is decided by it.
  public let since: Date
  /// Why it was taken from whoever had it before; none if it was free.
  public let reason: String?
  /// Which start of the machine, and how many seconds after it the session was last heard of.
  public let boot: String
  public let beat: Double

  /// Seconds of silence after which a lease holds no longer.
  public static let term: Double = 180

  public init(
    study: Study.ID, session: String, reader: String, since: Date, reason: String? = nil,
    seen: Uptime
  ) {
    self.study = study
    self.session = session
    self.reader = reader
    self.since = since
    self.reason = reason
    boot = seen.boot
    beat = seen.seconds
  }

  /// Whether the session may still be there; after a restart of the machine none is.
  public func holds(at moment: Uptime) -> Bool {
    boot == moment.boot && moment.seconds - beat < Self.term
  }
}

/// Who has a study open now.
public struct Owner: Codable, Sendable, Hashable {
  public let reader: String
  public let since: Date

  public init(reader: String, since: Date) {
    self.reader = reader
    self.since = since
  }
}

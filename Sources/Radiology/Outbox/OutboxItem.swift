public import Foundation

/// One document of one version of a report on its way to one destination.
///
/// Its bytes are frozen when it is first sent: every further attempt sends the same ones.
public struct OutboxItem: Codable, Sendable, Hashable, Identifiable {
  /// How far it has come.
  public enum State: String, Codable, Sendable, Hashable, CaseIterable {
    case waiting, sending, delivered
    /// Given up until a person looks.
    case dead
    /// Not sent, because a newer version took its place.
    case superseded
    /// Not sent, because the report has nothing that a document of this form could show.
    case needless
  }

  /// Names it in commands.
  public let number: Int
  public let study: Study.ID
  /// Of the report; preliminary ones are counted apart.
  public let version: Int
  public let isPreliminary: Bool
  public let format: ExportFormat
  public let destination: String
  public let state: State
  public let attempts: Int
  public let queued: Date
  /// Not before this moment.
  public let due: Date
  public let changed: Date
  /// What went wrong last; none if nothing did.
  public let code: DeliveryProblem.Code?
  public let reason: String?
  /// SHA-256 of the frozen document in lowercase hexadecimal; none before it was made.
  public let digest: String?
  public let fileName: String?
  public let bytes: Int?
  /// Whether an attempt ended without an answer: the destination may have it.
  public let isUncertain: Bool
  /// Whether the destination was asked afterwards and has it.
  public let isVerified: Bool

  public init(
    number: Int, study: Study.ID, version: Int, isPreliminary: Bool = false, format: ExportFormat,
    destination: String, state: State = .waiting, attempts: Int = 0, queued: Date, due: Date,
    changed: Date, code: DeliveryProblem.Code? = nil, reason: String? = nil,
    digest: String? = nil, fileName: String? = nil, bytes: Int? = nil, isUncertain: Bool = false,
    isVerified: Bool = false
  ) {
    self.number = number
    self.study = study
    self.version = version
    self.isPreliminary = isPreliminary
    self.format = format
    self.destination = destination
    self.state = state
    self.attempts = attempts
    self.queued = queued
    self.due = due
    self.changed = changed
    self.code = code
    self.reason = reason
    self.digest = digest
    self.fileName = fileName
    self.bytes = bytes
    self.isUncertain = isUncertain
    self.isVerified = isVerified
  }

  public var id: Int { number }

  /// `sr of version 2`, for people.
  public var title: String {
    "\(format.rawValue) of \(isPreliminary ? "preliminary version" : "version") \(version)"
  }

  public var problem: DeliveryProblem? { code.map { DeliveryProblem($0, reason ?? "") } }
}

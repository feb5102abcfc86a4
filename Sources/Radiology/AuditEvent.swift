public import Foundation

/// One line of the append-only log: who did what, when.
///
/// Source of the kinds: DICOM PS3.15 A.5, Audit Trail Message Format Profile.
public struct AuditEvent: Codable, Sendable, Hashable {
  /// What was done.
  public enum Kind: String, Codable, Sendable {
    case imported, refused, ordered, triaged, askedAgain, opened, claimed, takenOver, reviewed
    case signed, preliminary, secondLook
    case exported, delivered, consentChanged, modelTried, modelPromoted, modelRejected, lessonMade,
      updateSent
    case roundEnded, failed
    case joinedFederation, leftFederation, paused, resumed, taskAsked, taskDecided
  }

  /// Counted from 1 without gaps.
  public let number: Int
  public let at: Date
  /// Who: a reader's name, or the program's own stage.
  public let actor: String
  public let kind: Kind
  /// Study Instance UID it is about, where there is one.
  public let study: Study.ID?
  /// One sentence without patient data.
  public let detail: String
  /// SHA-256 of the event before this one, and of this one, in lowercase hexadecimal.
  public let previous: String
  public let digest: String

  public init(
    number: Int, at: Date, actor: String, kind: Kind, study: Study.ID?, detail: String,
    previous: String, digest: String
  ) {
    self.number = number
    self.at = at
    self.actor = actor
    self.kind = kind
    self.study = study
    self.detail = detail
    self.previous = previous
    self.digest = digest
  }
}

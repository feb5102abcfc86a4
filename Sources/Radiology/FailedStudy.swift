public import Foundation

/// A study that could not be read, for whoever looks after the program: it names no patient.
public struct FailedStudy: Codable, Sendable, Hashable, Identifiable {
  /// Study Instance UID.
  public let study: Study.ID
  public let accession: String
  /// What was examined, for example `DX CHEST PA`.
  public let exam: String
  /// Why it failed: one sentence without patient data.
  public let reason: String
  public let failed: Date
  /// Somebody asked for it to be read again, and it has not been yet.
  public let isAskedAgain: Bool

  public var id: Study.ID { study }

  /// What people call it: its accession number, or its UID where it has none.
  public var label: String { accession.isEmpty ? study : accession }

  public init(
    study: Study.ID, accession: String, exam: String, reason: String, failed: Date,
    isAskedAgain: Bool
  ) {
    self.study = study
    self.accession = accession
    self.exam = exam
    self.reason = reason
    self.failed = failed
    self.isAskedAgain = isAskedAgain
  }
}

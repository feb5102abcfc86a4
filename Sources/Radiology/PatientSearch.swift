public import Foundation

/// A study that a search for a patient brought up, and how far its report is.
public struct FoundStudy: Codable, Sendable, Hashable, Identifiable {
  /// What there is to read for somebody who waits for the report.
  public enum Standing: String, Codable, Sendable, Hashable {
    /// Nothing signed, and nothing that was let out before.
    case none
    /// Not signed, and let out as preliminary by its author.
    case preliminary
    case final, addendum
  }

  public let study: Study
  public let patient: Patient
  public let standing: Standing
  /// Who signed last, and when; none while nothing is signed.
  public let author: String?
  public let signed: Date?

  public var id: Study.ID { study.uid }

  public init(
    study: Study, patient: Patient, standing: Standing, author: String? = nil, signed: Date? = nil
  ) {
    self.study = study
    self.patient = patient
    self.standing = standing
    self.author = author
    self.signed = signed
  }
}

/// Studies of the patients that words named.
public struct PatientSearch: Codable, Sendable, Hashable {
  public let words: String
  /// By patient; of each the newest study first.
  public let studies: [FoundStudy]
  /// There are more patients than are told; more words name fewer.
  public let isCut: Bool

  public init(words: String, studies: [FoundStudy], isCut: Bool) {
    self.words = words
    self.studies = studies
    self.isCut = isCut
  }
}

/// The person a study shows, as the images name them.
///
/// Names are kept exactly as they came; whoever draws one sanitises it first.
/// Source: DICOM PS3.3 C.7.1.1, Patient Module.
public struct Patient: Codable, Sendable, Hashable, Identifiable {
  /// Issuer and identifier together: two hospitals may both have a patient 4711.
  public let id: String
  /// Patient ID (0010,0020); may be empty.
  public let identifier: String
  /// Issuer of Patient ID (0010,0021).
  public let issuer: String
  /// Patient's Name (0010,0010), value representation PN: `FAMILY^GIVEN^MIDDLE^PREFIX^SUFFIX`.
  public let name: String
  /// Patient's Birth Date (0010,0030) as `YYYYMMDD`, where it is known.
  public let birthDate: String?
  /// Patient's Sex (0010,0040): `M`, `F` or `O`, where it is known.
  public let sex: String?

  /// A patient whose ``id`` follows from issuer and identifier.
  ///
  /// Where there is no identifier, patients are told apart by `fallback`, for example the study's
  /// UID: two nameless patients are never taken for one.
  public init(
    identifier: String, issuer: String = "", name: String, birthDate: String? = nil,
    sex: String? = nil, fallback: String
  ) {
    id = identifier.isEmpty ? "?\(fallback)" : "\(issuer)\\\(identifier)"
    self.identifier = identifier
    self.issuer = issuer
    self.name = name
    self.birthDate = birthDate
    self.sex = sex
  }
}

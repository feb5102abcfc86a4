public import Foundation

/// What studies are looked for; what is nil does not matter.
///
/// Patient and accession number are matched exactly: a wildcard in one would find other patients.
public struct StudyQuery: Sendable, Equatable {
  /// Patient ID (0010,0020).
  public var patient: String?
  /// Issuer of Patient ID (0010,0021).
  public var issuer: String?
  /// Accession Number (0008,0050).
  public var accession: String?
  /// Study Date (0008,0020) as DICOM writes it: `20261127`, or a range such as `20261101-`.
  public var date: String?
  /// Modality in Study (0008,0061).
  public var modality: String?
  /// Study Instance UID (0020,000D).
  public var study: String?

  public init(
    patient: String? = nil, issuer: String? = nil, accession: String? = nil, date: String? = nil,
    modality: String? = nil, study: String? = nil
  ) {
    self.patient = patient
    self.issuer = issuer
    self.accession = accession
    self.date = date
    self.modality = modality
    self.study = study
  }

  /// Attributes that are asked for beside those every answer has.
  ///
  /// Source: PS3.18 table 10.6.3-3 lacks Study Description and Issuer of Patient ID.
  private static let included = ["StudyDescription", "IssuerOfPatientID", "ModalitiesInStudy"]

  /// The query of the address, without a question mark.
  ///
  /// - Throws: ``GatewayError/nothingToMatch(attribute:)``, ``GatewayError/notExact(attribute:)``
  ///   or ``GatewayError/notADate``.
  func text() throws(GatewayError) -> String {
    try check(patient, "patient ID")
    try check(issuer, "issuer")
    try check(accession, "accession number")
    try check(modality, "modality")
    try check(study, "study UID")
    if let date, date.wholeMatch(of: /\d{8}(-(\d{8})?)?|-\d{8}/) == nil {
      throw .notADate
    }
    let matches = [
      ("PatientID", patient), ("IssuerOfPatientID", issuer), ("AccessionNumber", accession),
      ("StudyDate", date), ("ModalitiesInStudy", modality), ("StudyInstanceUID", study),
    ]
    let pairs = matches.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
    return (pairs + Self.included.map { "includefield=\($0)" }).joined(separator: "&")
  }

  private func check(_ value: String?, _ attribute: String) throws(GatewayError) {
    guard let value else { return }
    guard !value.allSatisfy({ $0 == " " }) else { throw .nothingToMatch(attribute: attribute) }
    guard !value.contains(where: { "*?\\".contains($0) }) else {
      throw .notExact(attribute: attribute)
    }
  }
}

extension Configuration.Archive {
  /// The days that are looked through at a moment, as a range of dates; today is one of them.
  ///
  /// It has no end: a modality's clock may be ahead.
  public func newest(at date: Date, calendar: Calendar = Calendar(identifier: .gregorian)) -> String
  {
    let first = calendar.date(byAdding: .day, value: 1 - days, to: date) ?? date
    let parts = calendar.dateComponents([.year, .month, .day], from: first)
    return String(
      format: "%04d%02d%02d-", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }
}

extension String {
  /// As part of an address: everything but letters, digits and `-._~` is encoded.
  var percentEncoded: String {
    let hex = Array("0123456789ABCDEF")
    return utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
        String(UnicodeScalar(byte))
      default: "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
      }
    }.joined()
  }
}

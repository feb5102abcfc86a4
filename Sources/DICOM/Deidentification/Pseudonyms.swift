import Foundation

/// What stands outside for what identifies a patient here.
///
/// The same secret gives the same answers, so that images of one patient stay together over
/// months; without the secret nobody can try all patient numbers to find whose an image is.
public struct Pseudonyms: Sendable {
  /// A keyed hash of 16 bytes or more, for example HMAC-SHA256 under a secret of the site.
  public typealias KeyedHash = @Sendable ([UInt8]) -> [UInt8]

  private let hash: KeyedHash

  public init(_ hash: @escaping KeyedHash) { self.hash = hash }

  /// The UID that stands for another: `2.25.` and 128 bits, marked as a UUID of version 8.
  ///
  /// Source: PS3.5 B.2, RFC 9562 5.8.
  public func uid(for uid: String) -> String {
    var b = keyed("uid", uid)
    b[6] = b[6] & 0x0f | 0x80
    b[8] = b[8] & 0x3f | 0x80
    return UID.from(
      UUID(
        uuid: (
          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
          b[14], b[15]
        )))
  }

  /// The name and number of a patient: `SL` and 16 hexadecimal digits.
  func patient(_ key: PatientKey) -> String {
    let digits = String(number("patient", key.text), radix: 16, uppercase: true)
    return "SL" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// How far a patient's dates move: 1 to 3,650 whole days into the past, never into the future.
  func days(for key: PatientKey) -> Int { -1 - Int(number("days", key.text) % 3650) }

  private func number(_ role: String, _ text: String) -> UInt64 {
    keyed(role, text).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func keyed(_ role: String, _ text: String) -> [UInt8] {
    let result = hash(Array("\(role)\0\(text)".utf8))
    precondition(result.count >= 16, "a keyed hash has 16 bytes or more")
    return result
  }
}

/// Who a patient is, as far as an image tells.
///
/// Issuer and number together: two hospitals may both have a patient 4711. Patients without a
/// number are told apart by study: two nameless patients are never taken for one.
struct PatientKey: Equatable {
  let text: String

  /// - Throws: ``DeidentificationError/file(_:)`` if there is neither number nor study.
  init(_ dataSet: DataSet) throws(DeidentificationError) {
    if let identifier = dataSet.string(.patientID) {
      text = "\(dataSet.string(.issuerOfPatientID) ?? "")\\\(identifier)"
    } else if let study = dataSet.string(.studyInstanceUID) {
      text = "?\(study)"
    } else {
      throw .file(.missing(.studyInstanceUID))
    }
  }
}

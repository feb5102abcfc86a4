public import Foundation

/// Unique identifiers in DICOM's form.
///
/// Source: PS3.5 section 9 and annex B.2.
public enum UID {
  /// Derived from a UUID: `2.25.` and its value as one decimal number, at most 44 characters.
  public static func make(from uuid: UUID) -> String {
    let bytes = uuid.uuid
    let all = [
      bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7, bytes.8, bytes.9,
      bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15,
    ]
    return "2.25.\(all.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })"
  }

  /// A new one.
  public static func make() -> String { make(from: UUID()) }

  /// The same one for the same digest: what makes importing a picture twice change nothing.
  ///
  /// Of the digest the first 32 hexadecimal digits are used; the role tells the study, the
  /// series and the instance of one file apart.
  public static func make(digest: String, role: Role) -> String {
    var value: UInt128 = 0
    for digit in digest.prefix(32) {
      guard let nibble = digit.hexDigitValue else { preconditionFailure("a digest is hexadecimal") }
      value = value << 4 | UInt128(nibble)
    }
    // A version 8 UUID (RFC 9562 5.8): custom content, with the role in its lowest bits.
    value = value & ~(UInt128(0xF) << 76) | UInt128(8) << 76
    value = value & ~(UInt128(3) << 62) | UInt128(2) << 62
    value = value & ~UInt128(7) | UInt128(role.rawValue)
    return "2.25.\(value)"
  }

  /// What a derived identifier names.
  public enum Role: UInt8, Sendable { case study = 0, series, instance, finding, document, device }
}

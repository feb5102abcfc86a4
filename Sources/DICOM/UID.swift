public import Foundation

/// Unique identifiers: what they may look like and how new ones are made.
public enum UID {
  /// Whether the text is a UID: digits and dots, no empty part, at most 64 characters.
  ///
  /// Leading zeros are let through: many real files have them. Source: PS3.5 9.1.
  public static func isValid(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count) else { return false }
    var isInPart = false
    for byte in text.utf8 {
      let isDigit = (0x30...0x39).contains(byte)
      guard isDigit || (byte == 0x2e && isInPart) else { return false }
      isInPart = isDigit
    }
    return isInPart
  }

  /// The UID that stands for a UUID: `2.25.` and its 128 bits in decimal.
  ///
  /// Source: PS3.5 B.2.
  public static func from(_ uuid: UUID) -> String {
    var number: UInt128 = 0
    let b = uuid.uuid
    for byte in [
      b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7, b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15,
    ] {
      number = number << 8 | UInt128(byte)
    }
    return "2.25.\(number)"
  }

  /// A UID nobody has used before.
  public static func make() -> String { from(UUID()) }

  /// This program, in the meta header of every file it writes (0002,0012).
  static let implementation = "2.25.201822172423711290663492744007904242351"
  /// The same for people, at most 16 characters (0002,0013).
  static let implementationVersion = "SECONDLOOK_0_1"
}

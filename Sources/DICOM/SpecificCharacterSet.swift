import Foundation

/// The alphabets in which a data set writes its text, from (0008,0005).
///
/// A set we do not know leaves ASCII as it is and turns every other byte into U+FFFD, so the
/// text is poorer but never wrong. Source: PS3.3 C.12.1.1.2, PS3.5 6.1.2.
public struct SpecificCharacterSet: Sendable, Equatable {
  /// The defined terms as the file has them; none means ASCII.
  public let terms: [String]

  public init(terms: [String]) { self.terms = terms }

  /// UTF-8: what this program writes.
  public static let utf8 = SpecificCharacterSet(terms: ["ISO_IR 192"])
  /// What holds where the attribute is missing.
  public static let ascii = SpecificCharacterSet(terms: [])

  /// Whether every term is one we can decode.
  public var isKnown: Bool {
    terms.allSatisfy { $0.isEmpty || Alphabet(term: $0) != nil || Self.escaped.contains($0) }
  }

  /// Whether escape sequences lead to other alphabets.
  var hasEscapes: Bool { terms.contains { $0.hasPrefix("ISO 2022") } }

  /// The text that the bytes stand for; this never fails.
  public func decode(_ bytes: [UInt8]) -> String {
    let first = terms.first ?? ""
    let base = first.isEmpty ? Alphabet.ascii : Alphabet(term: first)
    // Terms reached only through escapes, such as ISO 2022 IR 87, start out as ASCII.
    guard bytes.contains(0x1b), hasEscapes else {
      return (base ?? .ascii).decode(bytes)
    }
    return CodeExtensions(base: base ?? .ascii).decode(bytes)
  }

  /// The bytes for the text, or nil if this set cannot say it.
  ///
  /// Only UTF-8 and ASCII are written: PS3.5 lets a reader expect both.
  func encode(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    return self == .utf8 || bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
  }

  /// Terms that only ever come in by an escape sequence.
  private static let escaped: Set<String> = [
    "ISO 2022 IR 87", "ISO 2022 IR 159", "ISO 2022 IR 149", "ISO 2022 IR 58",
  ]
}

/// One code table: ASCII below 0x80, its own characters above.
struct Alphabet: Equatable {
  /// What Foundation calls it; nil for plain ASCII.
  let encoding: String.Encoding?

  static let ascii = Alphabet(encoding: nil)
  static let korean = Alphabet(coreFoundation: 0x940)
  static let chinese = Alphabet(coreFoundation: 0x632)
  static let shiftJIS = Alphabet(encoding: .shiftJIS)

  private init(encoding: String.Encoding?) { self.encoding = encoding }

  /// `String.Encoding` spells Core Foundation's numbers with the top bit set.
  private init(coreFoundation number: UInt) {
    encoding = String.Encoding(rawValue: 0x8000_0000 | number)
  }

  /// The table of a defined term of PS3.3 tables C.12-2 to C.12-5.
  init?(term: String) {
    switch term.replacing("ISO 2022 IR", with: "ISO_IR") {
    case "ISO_IR 6": self = .ascii
    case "ISO_IR 13": self = .shiftJIS
    case "ISO_IR 100": self.init(coreFoundation: 0x201)
    case "ISO_IR 101": self.init(coreFoundation: 0x202)
    case "ISO_IR 109": self.init(coreFoundation: 0x203)
    case "ISO_IR 110": self.init(coreFoundation: 0x204)
    case "ISO_IR 144": self.init(coreFoundation: 0x205)
    case "ISO_IR 127": self.init(coreFoundation: 0x206)
    case "ISO_IR 126": self.init(coreFoundation: 0x207)
    case "ISO_IR 138": self.init(coreFoundation: 0x208)
    case "ISO_IR 148": self.init(coreFoundation: 0x209)
    case "ISO_IR 166": self.init(coreFoundation: 0x20b)
    case "ISO_IR 203": self.init(coreFoundation: 0x20f)
    case "ISO_IR 192": self.init(encoding: .utf8)
    case "GB18030", "GBK": self = .chinese
    default: return nil
    }
  }

  func decode(_ bytes: [UInt8]) -> String {
    if encoding == .utf8 { return String(decoding: bytes, as: UTF8.self) }
    // Nearly all text of headers is plain, and UTF-8 means the same by it.
    guard bytes.contains(where: { $0 >= 0x80 }) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    guard let encoding else { return ascii(bytes) }
    if let text = String(bytes: bytes, encoding: encoding) { return keepingBackslash(text) }
    // Some byte has no meaning: keep the others, where one byte is one character.
    return bytes.map { byte in
      byte < 0x80 ? ascii([byte]) : String(bytes: [byte], encoding: encoding) ?? "\u{fffd}"
    }.joined()
  }

  private func ascii(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{fffd}" }))
  }

  /// JIS X 0201 shows byte 0x5C as a yen sign, but in DICOM it still separates values.
  private func keepingBackslash(_ text: String) -> String {
    self == .shiftJIS ? text.replacing("\u{a5}", with: "\\") : text
  }
}

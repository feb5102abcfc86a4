/// One segment of an HL7 v2 message in the making.
///
/// Fields are ``HL7Field``s, so nothing from outside can reach the bytes without being escaped.
/// Source: HL7 v2.5.1 section 2.5.
struct HL7Segment {
  let name: String
  private var fields: [HL7Field] = []

  init(_ name: String) { self.name = name }

  /// Fields by their numbers in the standard, counted from 1.
  subscript(number: Int) -> HL7Field {
    get { number <= fields.count ? fields[number - 1] : .empty }
    set {
      while fields.count < number { fields.append(.empty) }
      fields[number - 1] = newValue
    }
  }

  /// With its carriage return, and without separators that nothing follows.
  var encoded: String {
    let texts = fields.map(\.encoded)
    let last = texts.lastIndex { !$0.isEmpty } ?? -1
    return ([name] + texts[..<(last + 1)]).joined(separator: "|") + "\r"
  }
}

/// The value of a field: repetitions of components of subcomponents.
struct HL7Field: Hashable {
  /// As it stands in the message.
  let encoded: String

  private init(encoded: String) { self.encoded = encoded }

  static let empty = HL7Field(encoded: "")

  /// One line of text.
  init(_ text: String) { encoded = Self.escaped(text.printable) }

  init(_ code: some RawRepresentable<String>) { encoded = Self.escaped(code.rawValue) }

  init(_ number: Int) { encoded = "\(number)" }

  /// A number as value type NM has it.
  init(_ number: Double) {
    precondition(number.isFinite, "a number can be written down")
    encoded = number.plain
  }

  /// Components one after the other.
  static func components(_ parts: [HL7Field]) -> HL7Field {
    HL7Field(encoded: joined(parts, by: "^"))
  }

  static func components(_ parts: String...) -> HL7Field {
    components(parts.map { HL7Field($0) })
  }

  static func subcomponents(_ parts: String...) -> HL7Field {
    HL7Field(encoded: joined(parts.map { HL7Field($0) }, by: "&"))
  }

  static func repetitions(_ parts: [HL7Field]) -> HL7Field {
    HL7Field(encoded: parts.map(\.encoded).joined(separator: "~"))
  }

  /// A code as data type CWE has it.
  init(_ code: Code, orInOtherWords words: String = "") {
    self = .components(code.value, code.meaning, code.hl7System, "", words)
  }

  private static func joined(_ parts: [HL7Field], by separator: String) -> String {
    let texts = parts.map(\.encoded)
    let last = texts.lastIndex { !$0.isEmpty } ?? -1
    return texts[..<(last + 1)].joined(separator: separator)
  }

  /// Delimiters as escape sequences, so that words cannot become structure.
  ///
  /// By scalars: a mark that combines makes another character of a delimiter, and no other byte.
  ///
  /// Source: HL7 v2.5.1 section 2.7.1.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\E\\"
      case "|": result += "\\F\\"
      case "^": result += "\\S\\"
      case "&": result += "\\T\\"
      case "~": result += "\\R\\"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

extension HL7Field {
  /// What a message says of its own characters: MSH-2, which is never escaped.
  static let encodingCharacters = HL7Field(encoded: "^~\\&")
}

extension Code {
  /// The coding scheme as table 0396 has it.
  fileprivate var hl7System: String {
    switch designator {
    case "v2-0074": "HL70074"
    case "v2-0203": "HL70203"
    default: designator
    }
  }
}

/// A person's name as DICOM writes it: three spellings of up to five parts.
///
/// The text is as hostile as the file it came from; screens clean what they show.
/// Source: PS3.5 6.2.1.
public struct PersonName: Hashable, Sendable {
  /// One spelling of the name; parts the file leaves out are empty.
  public struct Group: Hashable, Sendable {
    public let family: String
    public let given: String
    public let middle: String
    public let prefix: String
    public let suffix: String

    init(_ text: Substring) {
      let parts = text.split(separator: "^", maxSplits: 4, omittingEmptySubsequences: false)
        .map { String($0).trimmed }
      func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
      (family, given, middle) = (part(0), part(1), part(2))
      (prefix, suffix) = (part(3), part(4))
    }

    /// The parts a reader expects, `Family, Given Middle`.
    public var display: String {
      let rest = [given, middle].filter { !$0.isEmpty }.joined(separator: " ")
      return [family, rest].filter { !$0.isEmpty }.joined(separator: ", ")
    }
  }

  public let alphabetic: Group
  public let ideographic: Group
  public let phonetic: Group

  public init(_ text: String) {
    let groups = text.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
    func group(_ index: Int) -> Group { Group(index < groups.count ? groups[index] : "") }
    alphabetic = group(0)
    ideographic = group(1)
    phonetic = group(2)
  }

  /// A name as a document may hold it: no control characters, and at most three spellings of at
  /// most 64 characters each.
  ///
  /// Source: PS3.5 table 6.2-1.
  public static func writable(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
    return String(String.UnicodeScalarView(scalars))
      .split(separator: "=", omittingEmptySubsequences: false).prefix(3)
      .map { $0.cut(to: 64) }.joined(separator: "=")
  }

  public var family: String { alphabetic.family }
  public var given: String { alphabetic.given }

  /// The first spelling that says anything: alphabetic, ideographic, phonetic.
  public var display: String {
    for group in [alphabetic, ideographic, phonetic] where !group.display.isEmpty {
      return group.display
    }
    return ""
  }
}

extension Substring {
  /// As many whole characters as fit; letters with marks of their own count as several.
  fileprivate func cut(to limit: Int) -> Substring {
    var length = 0
    return prefix { character in
      length += character.unicodeScalars.count
      return length <= limit
    }
  }
}

extension String {
  /// Without the spaces and NULs that pad values to an even length.
  var trimmed: String {
    let isPadding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 }
    let bytes = utf8.drop(while: isPadding)
    guard let last = bytes.lastIndex(where: { !isPadding($0) }) else { return "" }
    return String(Substring(bytes[...last]))
  }

  /// Without padding at the end; leading spaces count in long texts.
  var trimmedAtEnd: String {
    guard let last = unicodeScalars.lastIndex(where: { $0 != " " && $0 != "\0" })
    else { return "" }
    return String(unicodeScalars[...last])
  }
}

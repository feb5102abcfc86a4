/// The name of a data element: a group and an element number.
///
/// Source: PS3.5 7.1. Known names are in `Tag+Dictionary.swift`.
public struct Tag: Hashable, Sendable, Comparable {
  public let group: UInt16
  public let element: UInt16

  public init(_ group: UInt16, _ element: UInt16) {
    self.group = group
    self.element = element
  }

  /// Odd groups belong to whoever made the file; nobody else knows what they mean.
  public var isPrivate: Bool { group % 2 == 1 }

  public static func < (a: Tag, b: Tag) -> Bool {
    a.group == b.group ? a.element < b.element : a.group < b.group
  }
}

extension Tag: CustomStringConvertible {
  /// The usual spelling, `(0010,0020)`.
  public var description: String { "(\(hex(group)),\(hex(element)))" }

  private func hex(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension Tag {
  static let item = Tag(0xfffe, 0xe000)
  static let itemEnd = Tag(0xfffe, 0xe00d)
  static let sequenceEnd = Tag(0xfffe, 0xe0dd)
}

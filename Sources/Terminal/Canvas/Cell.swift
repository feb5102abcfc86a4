/// One place of the screen: a glyph, how many columns it takes, and its style.
///
/// A wide glyph (CJK, most emoji) owns two columns: its cell has `width` 2 and the one right of
/// it is `Cell.continuation`, which is never drawn by itself.
public struct Cell: Sendable, Hashable {
  /// One glyph that passed ``sanitized(_:)``: a base with at most four marks, no controls.
  public let character: Character
  /// Columns taken: 1 or 2, or 0 for the right half of a wide glyph.
  public let width: Int8
  public var style: Style

  /// The first glyph of `character`; a control or an invisible becomes its visible replacement.
  public init(_ character: Character, style: Style = .text) {
    if let ascii = character.asciiValue, (0x20...0x7e).contains(ascii) {
      self.init(unchecked: character, width: 1, style: style)
    } else {
      let glyph = Glyph.first(of: String(character))
      self.init(unchecked: glyph.character, width: glyph.width, style: style)
    }
  }

  /// A cell from parts that are already known to fit together.
  init(unchecked character: Character, width: Int8, style: Style) {
    self.character = character
    self.width = width
    self.style = style
  }

  public static let blank = Cell(unchecked: " ", width: 1, style: .text)

  /// The right half of a wide glyph.
  static func continuation(style: Style) -> Cell {
    Cell(unchecked: " ", width: 0, style: style)
  }

  var isContinuation: Bool { width == 0 }
}

/// `text` with everything that could command or deceive a terminal made visible.
///
/// Controls become their pictures (`ESC` is `␛`, a line feed `␊`), so an escape sequence is shown,
/// never obeyed. Bidirectional overrides, zero-width and other invisible scalars, private use and
/// unassigned ones become `\u{FFFD}`; a mark without a base too. Variation selectors are dropped,
/// and no glyph keeps more than four marks. Text that passed once passes unchanged again.
public func sanitized(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
  var result = ""
  for glyph in Glyph.Sequence(text) { result.append(glyph.character) }
  return result
}

/// Which scalars may reach a terminal.
enum Safety {
  /// Variation selectors only choose between two looks of the same glyph; nobody is deceived when
  /// they are gone, and terminals disagree about the width of what they choose.
  static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
    default: false
    }
  }

  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x300 { return (0x20..<0x7f).contains(value) || (value > 0x9f && value != 0xad) }
    if (0x2190..<0x2C00).contains(value) { return true }
    let properties = scalar.properties
    guard !properties.isDefaultIgnorableCodePoint else { return false }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      return false
    default:
      return true
    }
  }

  /// The scalar itself, or what is shown in its place; always one that is visible.
  static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if isVisible(scalar) { return scalar }
    switch scalar.value {
    case 0...0x1f: return Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    case 0x7f: return "\u{2421}"
    case 0xad: return "-"
    default: return "\u{FFFD}"
    }
  }
}

import Foundation

extension String {
  /// On one line, without anything that a terminal or a printer would obey.
  ///
  /// Control characters become spaces; invisible formatting, such as a change of the writing
  /// direction, is left out: it could make a name read as another.
  var printable: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: text += " "
      case .format, .surrogate, .privateUse, .unassigned: continue
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text.split(separator: " ").joined(separator: " ")
  }

  /// The lines of a text of several, each ``printable``.
  var printableLines: [String] {
    split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      String($0).printable
    }
  }

  /// How many columns of a fixed-width font the text takes.
  ///
  /// Source: Unicode Standard Annex 11, East Asian Width, by blocks.
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// Broken at spaces into lines of at most `width` columns; a longer word is cut.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      var word = String(word)
      if !line.isEmpty, line.columns + 1 + word.columns <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while word.columns > width {
        let head = word.prefix(columns: width)
        lines.append(head)
        word = String(word.dropFirst(head.count))
      }
      line = word
    }
    return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
  }

  /// As many characters as fit into `width` columns, at least one.
  func prefix(columns width: Int) -> String {
    var text = ""
    var used = 0
    for character in self {
      used += character.columns
      if used > width, !text.isEmpty { break }
      text.append(character)
    }
    return text
  }

  /// Filled with spaces to `width` columns; a longer text keeps its length.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - columns))
  }
}

extension Character {
  fileprivate var columns: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff,
      0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}

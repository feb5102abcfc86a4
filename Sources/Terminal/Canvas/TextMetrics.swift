/// Columns that drawing `character` takes; 1 or 2, more only for clusters a terminal splits.
public func cellWidth(of character: Character) -> Int {
  if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7f { return 1 }
  return cellWidth(of: String(character))
}

/// Columns that drawing `text` takes.
public func cellWidth(of text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return Glyph.Sequence(text).reduce(0) { $0 + Int($1.width) }
}

/// `text` cut to at most `cells` columns; where something is missing it ends in `…`.
public func truncated(_ text: String, toCells cells: Int) -> String {
  String(fitted(text, toCells: cells).map(\.character))
}

/// The glyphs of `text` that fit into `cells` columns, the last one `…` where more are missing.
func fitted(_ text: String, toCells cells: Int) -> [Glyph] {
  guard cells > 0 else { return [] }
  var glyphs: [Glyph] = []
  var used = 0
  for glyph in Glyph.Sequence(text) {
    used += Int(glyph.width)
    glyphs.append(glyph)
    guard used > cells else { continue }
    while used > cells - 1, let last = glyphs.popLast() { used -= Int(last.width) }
    return glyphs + [.ellipsis]
  }
  return glyphs
}

/// Where text sits in a field that is wider than the text.
public enum Alignment: Sendable, Hashable {
  case left
  case right
  case centre
}

/// `text` as exactly `cells` columns: cut with `…`, or filled up with spaces.
public func padded(_ text: String, toCells cells: Int, alignment: Alignment = .left) -> String {
  let text = truncated(text, toCells: cells)
  let room = max(0, cells - cellWidth(of: text))
  let left =
    switch alignment {
    case .left: 0
    case .right: room
    case .centre: room / 2
    }
  return String(repeating: " ", count: left) + text + String(repeating: " ", count: room - left)
}

/// `text` broken into lines of at most `cells` columns, at spaces where that is possible.
///
/// Line feeds break too. A word that is longer than a line is cut. At least one line comes back.
public func wrapped(_ text: String, toCells cells: Int) -> [String] {
  let cells = max(1, cells)
  return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).flatMap {
    wrappedParagraph(String($0), toCells: cells)
  }
}

private func wrappedParagraph(_ text: String, toCells cells: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var width = 0
  var isFirst = true
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    if isFirst {
      isFirst = false
    } else if width + 1 + cellWidth(of: String(word)) <= cells {
      line += " "
      width += 1
    } else {
      lines.append(line)
      (line, width) = ("", 0)
    }
    for glyph in Glyph.Sequence(String(word)) {
      if width + Int(glyph.width) > cells, width > 0 {
        lines.append(line)
        (line, width) = ("", 0)
      }
      line.append(glyph.character)
      width += Int(glyph.width)
    }
  }
  return lines + [line]
}

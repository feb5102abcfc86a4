import Terminal

/// Text broken into the lines that are seen, with the way back from a place to a character.
struct TextLayout: Sendable {
  struct Line: Sendable, Hashable {
    /// Characters before the line, and before its end; a break or a space at the end is outside.
    var start: Int
    var end: Int
    var text: String
  }

  private(set) var lines: [Line] = []

  /// Lines are at most `width` columns wide and break after spaces where that is possible.
  init(_ text: String, width: Int) {
    let width = max(1, width)
    let characters = Array(text)
    var start = 0
    var used = 0
    var lastSpace: Int?
    func line(_ end: Int) -> Line {
      Line(start: start, end: end, text: String(characters[start..<end]))
    }
    var index = 0
    while index < characters.count {
      let character = characters[index]
      if character.isNewline {
        lines.append(line(index))
        (start, used, lastSpace) = (index + 1, 0, nil)
        index += 1
        continue
      }
      let cells = cellWidth(of: character)
      if used + cells > width, index > start {
        let end = character == " " ? index : lastSpace ?? index
        lines.append(line(end))
        // The space a line breaks at is swallowed, so that no line begins with it.
        start = end < characters.count && characters[end] == " " ? end + 1 : end
        (used, lastSpace, index) = (0, nil, start)
        continue
      }
      if character == " " { lastSpace = index }
      used += cells
      index += 1
    }
    lines.append(line(characters.count))
  }

  /// Line and column of the caret that stands after `caret` characters.
  func place(of caret: Int) -> (line: Int, column: Int) {
    let line = lines.lastIndex { $0.start <= caret } ?? 0
    return (line, cellWidth(of: String(lines[line].text.prefix(max(0, caret - lines[line].start)))))
  }

  /// The caret nearest to a column of a line.
  func caret(line: Int, column: Int) -> Int {
    var used = 0
    var count = 0
    for character in lines[line].text {
      let cells = cellWidth(of: character)
      if used + cells > column { break }
      used += cells
      count += 1
    }
    return lines[line].start + count
  }
}

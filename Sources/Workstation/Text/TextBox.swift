import Terminal

/// Several lines of text that are being edited.
struct TextBox: Sendable, Hashable {
  private(set) var text: String
  /// Characters before the caret.
  private(set) var caret: Int

  /// The most characters a section may have: more is a mistaken paste.
  static let limit = 20_000

  init(_ text: String, caret: Int? = nil) {
    self.text = text
    self.caret = min(max(0, caret ?? text.count), text.count)
  }

  /// Takes an editing key; false if it is none.
  ///
  /// Up and down go by the lines of a layout `width` columns wide; they are not taken where there
  /// is no such line, so that the key can leave the box.
  mutating func type(_ key: Key, width: Int) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .enter: insert("\n")
    case .backspace: delete(caret - 1)
    case .delete: delete(caret)
    case .left: caret = max(0, caret - 1)
    case .right: caret = min(text.count, caret + 1)
    case .home, .end, .up, .down: return move(key, width: width)
    case .control("w"):
      var kept = Array(text.prefix(caret))
      while let last = kept.last, last.isWhitespace { kept.removeLast() }
      while let last = kept.last, !last.isWhitespace { kept.removeLast() }
      text = String(kept) + text.dropFirst(caret)
      caret = min(kept.count, text.count)
    default: return false
    }
    return true
  }

  /// Puts text in at the caret, without controls; more than ``limit`` is refused whole.
  mutating func insert(_ new: String) {
    let clean = new.cleanedForTyping
    guard !clean.isEmpty, text.count + clean.count <= Self.limit else { return }
    let before = String(text.prefix(caret)) + clean
    text = before + text.dropFirst(caret)
    // A mark may have joined the character before it, so the count is taken again.
    caret = min(before.count, text.count)
  }

  private mutating func delete(_ index: Int) {
    guard index >= 0, index < text.count else { return }
    text.remove(at: text.index(text.startIndex, offsetBy: index))
    if index < caret { caret -= 1 }
    caret = min(caret, text.count)
  }

  private mutating func move(_ key: Key, width: Int) -> Bool {
    let layout = TextLayout(text, width: width)
    let (line, column) = layout.place(of: caret)
    switch key {
    case .home: caret = layout.lines[line].start
    case .end: caret = layout.lines[line].end
    case .up where line > 0: caret = layout.caret(line: line - 1, column: column)
    case .down where line + 1 < layout.lines.count:
      caret = layout.caret(line: line + 1, column: column)
    default: return false
    }
    return true
  }
}

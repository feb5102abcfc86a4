import Terminal

/// One line of text that is being typed.
struct TextLine: Sendable, Hashable {
  private(set) var text: String
  /// Characters before the caret.
  private(set) var caret: Int

  /// The most characters a line may have: more is a mistaken paste.
  static let limit = 10_000

  init(_ text: String = "") {
    self.text = text
    caret = text.count
  }

  /// Takes an editing key; false if it is none.
  mutating func type(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .backspace: delete(caret - 1)
    case .delete: delete(caret)
    case .left: caret = max(0, caret - 1)
    case .right: caret = min(text.count, caret + 1)
    case .home: caret = 0
    case .end: caret = text.count
    case .control("u"): self = TextLine()
    case .control("w"):
      var kept = Array(text.prefix(caret))
      while kept.last == " " { kept.removeLast() }
      while let last = kept.last, last != " " { kept.removeLast() }
      text = String(kept) + text.dropFirst(caret)
      caret = min(kept.count, text.count)
    default: return false
    }
    return true
  }

  /// Puts text in at the caret; line breaks become spaces and controls are dropped.
  mutating func insert(_ new: String) {
    let clean = new.cleanedForTyping.replacing("\n", with: " ")
    guard !clean.isEmpty, text.count + clean.count <= Self.limit else { return }
    let before = String(text.prefix(caret)) + clean
    text = before + text.dropFirst(caret)
    caret = min(before.count, text.count)
  }

  private mutating func delete(_ index: Int) {
    guard index >= 0, index < text.count else { return }
    text.remove(at: text.index(text.startIndex, offsetBy: index))
    if index < caret { caret -= 1 }
    caret = min(caret, text.count)
  }
}

extension String {
  /// Without controls; line breaks become line feeds and tabs spaces.
  var cleanedForTyping: String {
    var clean = String.UnicodeScalarView()
    for scalar in replacing("\r\n", with: "\n").unicodeScalars {
      switch scalar {
      case "\r", "\n": clean.append("\n")
      case "\t": clean.append(" ")
      default:
        if scalar.properties.generalCategory != .control { clean.append(scalar) }
      }
    }
    return String(clean)
  }
}

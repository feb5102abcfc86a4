import Terminal

/// A reader's wish to have a command on other keys.
public struct KeyWish: Sendable, Hashable {
  /// The command's name, or the name and what the palette would give it: `agree`, `pan left`.
  public let command: String
  /// In place of the command's own keys.
  ///
  /// None takes them away. With words after the command's name they come in addition.
  public let keys: [String]

  public init(command: String, keys: [String]) {
    self.command = command
    self.keys = keys
  }
}

/// A wish that cannot be met, and what to do about it.
public struct KeymapError: Error, Hashable, CustomStringConvertible {
  /// As the wish names it.
  public let command: String
  /// What is wrong and what is allowed, as the end of a sentence that begins with the command.
  public let problem: String

  public var description: String { "\(command) \(problem)" }
}

extension Key {
  /// Reads a key as people write it: `a`, `Space`, `F7`, `^N`, `Alt-x`, `PgDn`; none if it is none.
  ///
  /// What ``name`` writes is read again.
  init?(reading text: String) {
    if text.count == 1, let character = text.first {
      if let named = Self.named[text] {
        self = named
      } else {
        guard cellWidth(of: character) > 0, sanitized(text) == text, character != " " else {
          return nil
        }
        self = .character(character)
      }
      return
    }
    let lowercased = text.lowercased()
    if let named = Self.named[lowercased] {
      self = named
    } else if lowercased.first == "f", let number = Int(lowercased.dropFirst()),
      (1...12).contains(number)
    {
      self = .function(number)
    } else if let character = Self.last(of: lowercased, after: ["^", "ctrl-", "control-"]) {
      self = .control(character)
    } else if let character = Self.last(of: text, after: ["Alt-", "alt-"]) {
      self = .alt(character)
    } else {
      return nil
    }
  }

  private static func last(of text: String, after prefixes: [String]) -> Character? {
    guard let prefix = prefixes.first(where: text.hasPrefix), let last = text.last,
      text.count == prefix.count + 1, last.isASCII, last.isLetter || last.isNumber
    else { return nil }
    return last
  }

  private static let named: [String: Key] = [
    "space": .character(" "), "enter": .enter, "return": .enter, "⏎": .enter, "esc": .escape,
    "escape": .escape, "tab": .tab, "shift-tab": .backTab, "⇧tab": .backTab, "up": .up, "↑": .up,
    "down": .down, "↓": .down, "left": .left, "←": .left, "right": .right, "→": .right,
    "home": .home, "end": .end, "pgup": .pageUp, "pageup": .pageUp, "pgdn": .pageDown,
    "pagedown": .pageDown, "backspace": .backspace, "⌫": .backspace, "delete": .delete,
    "del": .delete,
  ]

  /// Keys that always mean the same, so that there is a way out of everything.
  var isFixed: Bool { self == .escape || self == .control("c") }

  /// What a terminal sends for another key as well.
  var twin: String? {
    switch self {
    case .control("i"): "Tab"
    case .control("m"), .control("j"): "Enter"
    case .control("h"): "Backspace"
    default: nil
    }
  }

  /// What belongs to the text where text is typed.
  var isTyped: Bool {
    switch self {
    case .character, .backspace, .delete, .left, .right, .home, .end: true
    default: false
    }
  }
}

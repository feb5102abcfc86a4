/// One line of a template: words, places for values, and parts that may be left out.
///
/// `{size}` stands for a value. `[, about {size}]` is left out where a value in it is missing;
/// outside brackets a missing value leaves out the whole sentence, so no draft ever has a gap.
struct Sentence: Hashable, Sendable {
  fileprivate enum Piece: Hashable, Sendable {
    case words(String)
    case value(String)
    case optional([Piece])
  }

  private let pieces: [Piece]

  /// Why a pattern is no sentence, for the one who edits the template.
  struct Flaw: Error { let reason: String }

  /// Reads a pattern whose values are among `names`.
  init(_ pattern: String, values names: Set<String>) throws(Flaw) {
    var stack: [[Piece]] = [[]]
    var rest = pattern[...]
    while let character = rest.first {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw Flaw(reason: "A { is not closed.") }
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        guard names.contains(name) else {
          throw Flaw(
            reason: "{\(name.printable)} is no value here; there are "
              + names.sorted().map { "{\($0)}" }.joined(separator: ", ") + ".")
        }
        stack[stack.count - 1].append(.value(name))
        rest = rest[rest.index(after: end)...]
        continue
      case "[":
        guard stack.count == 1 else { throw Flaw(reason: "Brackets are nested.") }
        stack.append([])
      case "]":
        guard stack.count == 2 else { throw Flaw(reason: "A ] was not opened.") }
        let inner = stack.removeLast()
        stack[0].append(.optional(inner))
      case "}": throw Flaw(reason: "A } was not opened.")
      default: stack[stack.count - 1].appendWords(character)
      }
      rest.removeFirst()
    }
    guard stack.count == 1 else { throw Flaw(reason: "A [ is not closed.") }
    pieces = stack[0]
  }

  /// Whether the sentence begins with this value, which is how it can be found again.
  func begins(with name: String) -> Bool { pieces.first == .value(name) }

  /// The sentence with its values, on one line; nil where one it needs is missing.
  func filled(_ values: [String: String]) -> String? {
    Self.filled(pieces, values)?.printable
  }

  private static func filled(_ pieces: [Piece], _ values: [String: String]) -> String? {
    var text = ""
    for piece in pieces {
      switch piece {
      case .words(let words): text += words
      case .value(let name):
        guard let value = values[name], !value.isEmpty else { return nil }
        text += value
      case .optional(let inner): text += filled(inner, values) ?? ""
      }
    }
    return text
  }
}

extension [Sentence.Piece] {
  fileprivate mutating func appendWords(_ character: Character) {
    if case .words(let words) = last {
      self[count - 1] = .words(words + String(character))
    } else {
      append(.words(String(character)))
    }
  }
}

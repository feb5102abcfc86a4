/// Words a reader may put into a report: a choice of a pick list, or what a snippet stands for.
///
/// `{small|moderate|large}` is picked while the words are put in, and `\n` begins a new line.
public struct Phrase: Sendable, Hashable {
  public enum Piece: Sendable, Hashable {
    case words(String)
    /// Two or more ways to go on; one of them is picked.
    case pick([String])
  }

  public let pieces: [Piece]
  /// On one line, with the picks as the template writes them.
  public let shown: String

  /// Words without anything to pick.
  public init(words: String) {
    pieces = [.words(words)]
    shown = words.printable
  }

  init(_ pattern: String) throws(Sentence.Flaw) {
    var pieces: [Piece] = []
    var words = ""
    var rest = pattern[...]
    while let character = rest.popFirst() {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw Sentence.Flaw(reason: "A { is not closed.")
        }
        let ways = rest[..<end].split(separator: "|").map { String($0).printable }
        guard ways.count > 1, !ways.contains(where: \.isEmpty) else {
          throw Sentence.Flaw(
            reason: "What is to be picked is written {this|that}, with two words or more.")
        }
        pieces += [.words(words), .pick(ways)]
        words = ""
        rest = rest[rest.index(after: end)...]
      case "}": throw Sentence.Flaw(reason: "A } was not opened.")
      case "\\" where rest.first == "n":
        words.append("\n")
        rest.removeFirst()
      default: words.append(character)
      }
    }
    pieces.append(.words(words))
    self.pieces = pieces.filter { $0 != .words("") }
    shown = pattern.replacing("\\n", with: " ").printable
  }

  /// The words so far, up to the first thing to pick, and what is to be picked.
  ///
  /// `picked` are the ways taken, in order.
  public func words(picking picked: [String]) -> (words: String, next: [String]?) {
    var text = ""
    var picked = picked[...]
    for piece in pieces {
      switch piece {
      case .words(let words): text += words
      case .pick(let ways):
        guard let way = picked.popFirst() else { return (text, ways) }
        text += way
      }
    }
    return (text, nil)
  }
}

/// A few letters that stand for words: `;nod` in a report becomes what it stands for.
public struct Snippet: Sendable, Hashable {
  /// Small letters and digits, without the semicolon.
  public let abbreviation: String
  public let phrase: Phrase

  /// Reads `nod Words it stands for`.
  init(_ text: String) throws(Sentence.Flaw) {
    let abbreviation = String(text.prefix { $0 != " " })
    let words = text.dropFirst(abbreviation.count).drop { $0 == " " }
    let isPlain = abbreviation.utf8.allSatisfy {
      (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
    }
    guard !abbreviation.isEmpty, isPlain, abbreviation.utf8.count <= 16 else {
      throw Sentence.Flaw(
        reason: "A snippet begins with its abbreviation, of small letters and digits and without "
          + "the semicolon: “snippet: nod Words it stands for”.")
    }
    guard !words.isEmpty else {
      throw Sentence.Flaw(reason: "The words the snippet stands for are missing.")
    }
    self.abbreviation = abbreviation
    phrase = try Phrase(String(words))
  }
}

import Foundation
import Store

/// Looks for anything that names a patient, an order or an image of a store in a text.
struct IdentityScan {
  private let identities: Store.Identities
  /// Words that are in every such text and name nobody.
  private let vocabulary: Set<String>

  /// `blank` is the same text of an empty store.
  init(_ identities: Store.Identities, blank: [String]) {
    self.identities = identities
    vocabulary = Set(blank.flatMap(Self.words))
  }

  /// Whether a number or a name stands in any of the texts.
  ///
  /// A name does if all its parts stand in one text; one of a single part also has to be a word
  /// that is not always there, or nobody called Read could ever be a patient.
  func finds(in texts: [String]) -> Bool {
    let numbers = identities.numbers.map { $0.lowercased() }
    let names = identities.names.map { Set(Self.words($0)) }
    return texts.contains { text in
      let (small, words) = (text.lowercased(), Set(Self.words(text)))
      return numbers.contains { Self.stands($0, in: small) }
        || names.contains { name in
          !name.isEmpty && name.isSubset(of: words)
            && (name.count > 1 || name.isDisjoint(with: vocabulary))
        }
    }
  }

  /// Whether the text has the number by itself, not inside a longer one.
  private static func stands(_ number: String, in text: String) -> Bool {
    var rest = text[...]
    while let range = rest.range(of: number) {
      let before = text[..<range.lowerBound].last
      let after = text[range.upperBound...].first
      let isApart = [before, after].allSatisfy { $0.map { !$0.isLetter && !$0.isNumber } ?? true }
      if isApart { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter }.map(String.init)
  }
}

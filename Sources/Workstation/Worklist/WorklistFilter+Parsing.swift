import Foundation
import Radiology

/// Why a filter cannot be understood.
struct FilterComplaint: Error, Hashable, CustomStringConvertible {
  let description: String
}

extension WorklistFilter {
  /// Reads what the reader typed: words, `field:value`, `number>value`, each with `-` to negate.
  ///
  /// A value with spaces stands in double quotes. Upper and lower case are the same.
  init(parsing text: String) throws(FilterComplaint) {
    for word in try Self.words(text.lowercased()) {
      let isNegated = word.count > 1 && word.hasPrefix("-")
      let body = isNegated ? String(word.dropFirst()) : word
      terms.append(Term(test: try Test(body), isNegated: isNegated))
    }
  }

  /// Splits at spaces that are not quoted, and takes the quotes away.
  private static func words(_ text: String) throws(FilterComplaint) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
      } else if character.isWhitespace, !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    guard !isQuoted else { throw FilterComplaint(description: "a closing \" is missing") }
    return word.isEmpty ? words : words + [word]
  }
}

extension WorklistFilter.Test {
  fileprivate init(_ word: String) throws(FilterComplaint) {
    if let colon = word.firstIndex(of: ":") {
      let name = String(word[..<colon])
      let value = String(word[word.index(after: colon)...])
      guard !value.isEmpty else {
        throw FilterComplaint(description: "“\(name):” needs a value")
      }
      self = try Self.named(name, value)
      return
    }
    for comparison in WorklistFilter.Comparison.allCases {
      guard let range = word.range(of: comparison.rawValue) else { continue }
      self = try Self.compared(
        String(word[..<range.lowerBound]), comparison, String(word[range.upperBound...]))
      return
    }
    self = .text(word)
  }

  private static func named(
    _ name: String, _ value: String
  ) throws(FilterComplaint) -> WorklistFilter.Test {
    switch name {
    case "class": return try triageClass(value)
    case "state":
      if value == "unsigned" { return .unsigned }
      guard
        let state = StudyState.allCases.first(where: { $0.word == value || $0.rawValue == value })
      else { throw unknown(value, of: "state", StudyState.allCases.map(\.word) + ["unsigned"]) }
      return .state(state)
    case "second":
      if value == "open" { return .secondLook([.waiting, .arbitration]) }
      guard let state = SecondLook.State(rawValue: value) else {
        throw unknown(value, of: "second", SecondLook.State.allCases.map(\.rawValue) + ["open"])
      }
      return .secondLook([state])
    case "priority":
      guard let priority = Priority(rawValue: value) else {
        throw unknown(value, of: "priority", Priority.allCases.map(\.rawValue))
      }
      return .priority(priority)
    default:
      guard let field = WorklistFilter.Field(rawValue: name) else {
        throw FilterComplaint(
          description: "“\(name.prefix(20))” is no field; there are class, state, priority, "
            + "second, " + WorklistFilter.Field.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return .field(field, value)
    }
  }

  private static func triageClass(_ value: String) throws(FilterComplaint) -> WorklistFilter.Test {
    switch value {
    case "again": return .lookAgain
    case "none": return .triageClass(nil)
    default:
      guard let known = TriageClass(rawValue: value) else {
        throw unknown(value, of: "class", TriageClass.allCases.map(\.rawValue) + ["again", "none"])
      }
      return .triageClass(known)
    }
  }

  private static func compared(
    _ name: String, _ comparison: WorklistFilter.Comparison, _ value: String
  ) throws(FilterComplaint) -> WorklistFilter.Test {
    guard let quantity = WorklistFilter.Quantity(rawValue: name) else {
      throw FilterComplaint(
        description: "“\(name.prefix(20))” is no number; there are "
          + WorklistFilter.Quantity.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let number = Double(value), number.isFinite else {
      throw FilterComplaint(
        description: "“\(name)\(comparison.rawValue)” needs a number after it, for example p>0.3")
    }
    return .number(quantity, comparison, number)
  }

  private static func unknown(
    _ value: String, of field: String, _ known: [String]
  ) -> FilterComplaint {
    FilterComplaint(
      description: "“\(value.prefix(20))” is no \(field); use \(known.joined(separator: ", "))")
  }
}

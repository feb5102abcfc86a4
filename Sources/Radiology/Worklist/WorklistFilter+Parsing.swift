import Foundation

/// Why a filter cannot be understood.
public struct FilterComplaint: Error, Hashable, CustomStringConvertible {
  public let description: String
}

extension WorklistFilter {
  /// Reads what the reader typed: words, `field:value`, `number>value`, each with `-` to negate.
  ///
  /// A value with spaces stands in double quotes. Upper and lower case are the same.
  public init(parsing text: String) throws(FilterComplaint) {
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
    let known: WorklistFilter.Test?
    switch name {
    case "class": known = triageClass(value)
    case "state":
      let state = StudyState.allCases.first { $0.word == value || $0.rawValue == value }
      known = value == "unsigned" ? .unsigned : state.map { .state($0) }
    case "second":
      let state = SecondLook.State(rawValue: value)
      known =
        value == "open" ? .secondLook([.waiting, .arbitration]) : state.map { .secondLook([$0]) }
    case "priority": known = Priority(rawValue: value).map { .priority($0) }
    case "signed": known = value == "today" ? .signedToday : nil
    default: known = WorklistFilter.Field(rawValue: name).map { .field($0, value) }
    }
    if let known { return known }
    guard let words = WorklistFilter.words[name] else {
      let names = WorklistFilter.words.keys.sorted() + WorklistFilter.Field.allCases.map(\.rawValue)
      throw FilterComplaint(
        description: "“\(name.prefix(20))” is no field; there are \(names.joined(separator: ", "))")
    }
    throw FilterComplaint(
      description: "“\(value.prefix(20))” is no \(name); use \(words.joined(separator: ", "))")
  }

  private static func triageClass(_ value: String) -> WorklistFilter.Test? {
    switch value {
    case "again": .lookAgain
    case "refused": .refused
    case "none": .triageClass(nil)
    default: TriageClass(rawValue: value).map { .triageClass($0) }
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
}

extension WorklistFilter {
  /// The fields whose values are words out of a list, with the list.
  public static let words: [String: [String]] = [
    "class": TriageClass.allCases.map(\.rawValue) + ["again", "refused", "none"],
    "state": StudyState.allCases.map(\.word) + ["unsigned"],
    "second": SecondLook.State.allCases.map(\.rawValue) + ["open"],
    "priority": Priority.allCases.map(\.rawValue),
    "signed": ["today"],
  ]
}

import Foundation

extension WorklistFilter {
  /// How the last word of a filter may go on: whole words, with what the reader typed of them.
  ///
  /// Fields end in a colon and numbers in a comparison. There are none where the value is free, or
  /// once the word is whole.
  public static func completions(of text: String) -> [String] {
    let word = text.lowercased().split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    let sign = word.hasPrefix("-") ? "-" : ""
    let body = String(word.dropFirst(sign.count))
    let all: [String]
    if let colon = body.firstIndex(of: ":") {
      let name = String(body[..<colon])
      all = (words[name] ?? []).map { "\(name):\($0)" }
    } else {
      all =
        words.keys.sorted().map { $0 + ":" } + Field.allCases.map { $0.rawValue + ":" }
        + Quantity.allCases.map { $0.rawValue + ">" }
    }
    return all.filter { $0.hasPrefix(body) && $0 != body }.map { sign + $0 }
  }

  /// The text with as much of its last word as all completions have in common; the only one there
  /// is is put in whole.
  public static func completed(_ text: String) -> String {
    let ways = completions(of: text)
    guard var common = ways.first else { return text }
    for way in ways.dropFirst() { common = common.commonPrefix(with: way) }
    let rest = text.lastIndex(of: " ").map { text[...$0] } ?? ""
    let isWhole = ways.count == 1 && !common.hasSuffix(":") && !common.hasSuffix(">")
    return rest + common + (isWhole ? " " : "")
  }
}

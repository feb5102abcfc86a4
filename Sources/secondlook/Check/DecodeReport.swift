/// How a folder of files decodes: by transfer syntax, and the rest one by one.
struct DecodeReport: Encodable {
  /// What became of the files of one transfer syntax.
  struct Line: Encodable {
    let transferSyntax: String
    var exact = 0
    var close = 0
    var refused = 0
    var wrong = 0

    private enum CodingKeys: String, CodingKey {
      case transferSyntax = "transfer_syntax"
      case exact, refused, wrong
      case close = "within_2"
    }
  }

  /// One file that is not as its reference.
  struct Rest: Encodable {
    let file: String
    let verdict: String
    let reason: String
  }

  private(set) var lines: [Line] = []
  private(set) var rest: [Rest] = []
  /// Files of lossless transfer syntaxes.
  private(set) var lossless = 0
  private(set) var exactLossless = 0
  /// Files with a verdict each, in the order of the index.
  private(set) var files: [(file: String, verdict: String)] = []

  /// Share of the lossless files that must be exact.
  static let leastShare = 0.95

  var isGood: Bool {
    rest.allSatisfy { $0.verdict != "wrong" } && lossless > 0
      && Double(exactLossless) >= Self.leastShare * Double(lossless)
  }

  mutating func add(_ reference: DecodeReference, _ verdict: DecodeVerdict) {
    let known = lines.firstIndex { $0.transferSyntax == reference.transferSyntax }
    if known == nil { lines.append(Line(transferSyntax: reference.transferSyntax)) }
    let index = known ?? lines.count - 1
    let word: String
    switch verdict {
    case .exact:
      lines[index].exact += 1
      word = "exact"
    case .close:
      lines[index].close += 1
      word = "within 2"
    case .refused(let reason):
      lines[index].refused += 1
      word = "refused"
      rest.append(Rest(file: reference.file, verdict: word, reason: reason))
    case .wrong(let reason):
      lines[index].wrong += 1
      word = "wrong"
      rest.append(Rest(file: reference.file, verdict: word, reason: reason))
    }
    files.append((reference.file, word))
    guard !reference.isLossy else { return }
    lossless += 1
    if case .exact = verdict { exactLossless += 1 }
  }

  // MARK: Words

  /// Where `isVerbose`, every file is listed and not only the rest.
  func text(isVerbose: Bool) -> String {
    let rows = lines.sorted { $0.transferSyntax < $1.transferSyntax }.map {
      [$0.transferSyntax] + [$0.exact, $0.close, $0.refused, $0.wrong].map(String.init)
    }
    var parts = [table(["transfer syntax", "exact", "within 2", "refused", "wrong"], rows)]
    if isVerbose {
      parts.append(files.map { "\($0.file): \($0.verdict)" }.joined(separator: "\n"))
    }
    if !rest.isEmpty {
      parts.append(
        rest.map { "\($0.file): \($0.verdict). \($0.reason)" }.joined(separator: "\n"))
    }
    return (parts + [verdict]).joined(separator: "\n\n")
  }

  private var verdict: String {
    let wrong = lines.reduce(0) { $0 + $1.wrong }
    let share = lossless == 0 ? nil : Double(exactLossless) / Double(lossless)
    return "Exact: \(exactLossless) of \(counted(lossless, "lossless file", "lossless files")) "
      + "(\(percent(share)), wanted \(percent(Self.leastShare))). Wrong: \(wrong)."
  }

  // MARK: JSON

  private enum CodingKeys: String, CodingKey {
    case lines = "transfer_syntaxes"
    case rest, lossless
    case exactLossless = "exact_lossless"
    case isGood = "good"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(lines, forKey: .lines)
    try container.encode(rest, forKey: .rest)
    try container.encode(lossless, forKey: .lossless)
    try container.encode(exactLossless, forKey: .exactLossless)
    try container.encode(isGood, forKey: .isGood)
  }
}

/// Which entries of the log are wanted.
public struct LogFilter: Sendable, Hashable {
  /// The least level.
  public var level: LogEntry.Level
  /// Kinds of events, as they are written; empty means all.
  public var kinds: Set<String>
  /// What actor, kind or text have to contain, in any case; empty means anything.
  public var words: String
  /// What a model answered is not looked through: whoever reads first would be told it by a match.
  public var hidesAnswers = false

  public init(level: LogEntry.Level = .debug, kinds: Set<String> = [], words: String = "") {
    self.level = level
    self.kinds = kinds
    self.words = words
  }

  /// Reads `level:warning kind:signed words`; a level nobody knows is a word like any other.
  public init(parsing text: String) {
    self.init()
    var rest: [Substring] = []
    for part in text.split(separator: " ") {
      if part.hasPrefix("level:"), let level = LogEntry.Level(rawValue: String(part.dropFirst(6))) {
        self.level = level
      } else if part.hasPrefix("kind:"), part.count > 5 {
        kinds.insert(String(part.dropFirst(5)))
      } else {
        rest.append(part)
      }
    }
    words = rest.joined(separator: " ")
  }

  public func shows(_ entry: LogEntry) -> Bool {
    guard entry.level >= level, kinds.isEmpty || kinds.contains(entry.kind) else { return false }
    if words.isEmpty { return true }
    let said = hidesAnswers && entry.tellsTheAnswer ? "" : entry.text
    let text = "\(entry.actor) \(entry.kind) \(said)".lowercased()
    return text.contains(words.lowercased())
  }
}

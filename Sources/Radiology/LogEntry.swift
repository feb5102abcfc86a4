public import Foundation

/// One line of the log: an event of the audit log, or a line the agent wrote.
public struct LogEntry: Codable, Sendable, Hashable, Identifiable {
  /// Where it was written.
  public enum Source: String, Codable, Sendable, Hashable { case audit, agent }

  /// How much it matters, the least first.
  public enum Level: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
    case debug, info, warning, error

    public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// Tells entries apart.
  public struct ID: Sendable, Hashable {
    public let source: Source
    public let number: Int
  }

  public let source: Source
  /// Counted from 1 within its source.
  public let number: Int
  public let at: Date
  public let level: Level
  /// Who: a reader, a stage, or the agent.
  public let actor: String
  /// What was done: an event's kind, or `agent`.
  public let kind: String
  /// One sentence without patient data.
  public let text: String
  /// Study Instance UID it is about, where there is one.
  public let study: Study.ID?

  public var id: ID { ID(source: source, number: number) }

  /// Whether its text says what a model made of a study.
  public var tellsTheAnswer: Bool { kind == AuditEvent.Kind.triaged.rawValue }

  public init(
    source: Source, number: Int, at: Date, level: Level, actor: String, kind: String, text: String,
    study: Study.ID? = nil
  ) {
    self.source = source
    self.number = number
    self.at = at
    self.level = level
    self.actor = actor
    self.kind = kind
    self.text = text
    self.study = study
  }

  public init(_ event: AuditEvent) {
    self.init(
      source: .audit, number: event.number, at: event.at, level: event.kind.level,
      actor: event.actor, kind: event.kind.rawValue, text: event.detail, study: event.study)
  }
}

extension AuditEvent.Kind {
  /// How much an event of this kind matters to whoever looks after the program.
  public var level: LogEntry.Level {
    switch self {
    case .failed: .error
    case .refused: .warning
    default: .info
    }
  }
}

public import Logging
import Radiology

/// Writes what a logger says into the agent's log.
public struct AgentLogHandler: LogHandler {
  private let log: AgentLog
  private let label: String
  public var metadata = Logger.Metadata()
  public var logLevel = Logger.Level.info

  public init(_ log: AgentLog, label: String) {
    self.log = log
    self.label = label
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let words = all.filter { $0.key != "stage" }.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }
    log.append(
      LogEntry.Level(event.level), actor: all["stage"].map { "\($0)" } ?? label,
      text: (["\(event.message)"] + words).joined(separator: ", "))
  }
}

extension LogEntry.Level {
  fileprivate init(_ level: Logger.Level) {
    switch level {
    case .trace, .debug: self = .debug
    case .info, .notice: self = .info
    case .warning: self = .warning
    case .error, .critical: self = .error
    }
  }
}

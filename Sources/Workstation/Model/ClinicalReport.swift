public import Radiology

/// A report as somebody reads it who waits for it and can change nothing.
public struct ClinicalReport: Sendable, Hashable {
  public let found: FoundStudy
  /// Its images, with the review and the report that were let out.
  public let open: OpenStudy
  /// The document, as it is delivered.
  public let text: String
  public let dispatches: [Dispatch]
  /// Documents that are on their way, or were given up.
  public let undelivered: [OutboxItem]
  /// What was exported by hand, the newest first.
  public let exports: [AuditEvent]

  public init(
    found: FoundStudy, open: OpenStudy, text: String, dispatches: [Dispatch],
    undelivered: [OutboxItem] = [], exports: [AuditEvent]
  ) {
    self.found = found
    self.open = open
    self.text = text
    self.dispatches = dispatches
    self.undelivered = undelivered
    self.exports = exports
  }
}

public import Foundation

/// What the reader calls the study as a whole.
public enum Call: String, Codable, Sendable, CaseIterable { case normal, suspicious }

/// What a reader decided about each finding and about the study.
public struct Review: Codable, Sendable, Hashable {
  public let study: Study.ID
  public var reader: String
  /// None until the reader has called the study.
  public var call: Call?
  /// The model's findings as the reader left them, then the reader's own.
  public var findings: [Finding]
  /// The model whose findings were shown.
  public let model: ModelVersion.ID?
  public let started: Date
  public var changed: Date

  public init(
    study: Study.ID, reader: String, call: Call? = nil, findings: [Finding],
    model: ModelVersion.ID?, started: Date, changed: Date? = nil
  ) {
    self.study = study
    self.reader = reader
    self.call = call
    self.findings = findings
    self.model = model
    self.started = started
    self.changed = changed ?? started
  }

  /// A review nobody has decided anything in yet.
  public init(of triage: Triage, by reader: String, at date: Date) {
    self.init(
      study: triage.study, reader: reader, findings: triage.findings, model: triage.model,
      started: date)
  }

  /// Findings nobody has said anything about.
  public var open: [Finding] { findings.filter { $0.state == .open } }
  /// Findings the reader stands by.
  public var confirmed: [Finding] { findings.filter(\.isConfirmed) }

  /// The next free name: `R` and one more than the highest number in use.
  public var nextName: String {
    let numbers = findings.compactMap { Int($0.name.dropFirst()) }
    return "R\((numbers.max() ?? 0) + 1)"
  }

  /// Records what the reader says of one finding.
  ///
  /// - Returns: false if there is no finding of that name.
  public mutating func mark(
    _ name: String, _ state: Finding.State, note: String = "", at date: Date
  ) -> Bool {
    guard let index = findings.firstIndex(where: { $0.name == name }) else { return false }
    findings[index].state = state
    findings[index].note = note
    changed = date
    return true
  }

  /// Adds a region the model did not mark; the reader stands by it.
  @discardableResult
  public mutating func add(_ region: Region, trackingUID: String, at date: Date) -> Finding {
    let finding = Finding(
      trackingUID: trackingUID, name: nextName, region: region, origin: .reader, state: .agreed)
    findings.append(finding)
    changed = date
    return finding
  }
}

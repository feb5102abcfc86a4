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
  /// How the reader called the study before the model's answer was shown to them.
  ///
  /// None where the answer was shown first. It stays when the call changes: that is what it is for.
  public var firstCall: Call?
  /// Distances the reader measured.
  public var measurements: [Measurement]

  public init(
    study: Study.ID, reader: String, call: Call? = nil, findings: [Finding],
    model: ModelVersion.ID?, started: Date, changed: Date? = nil, firstCall: Call? = nil,
    measurements: [Measurement] = []
  ) {
    self.study = study
    self.reader = reader
    self.call = call
    self.findings = findings
    self.model = model
    self.started = started
    self.changed = changed ?? started
    self.firstCall = firstCall
    self.measurements = measurements
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

  /// The review as a reader sees it who has not been shown what the model found.
  public var withoutModelFindings: Review {
    var review = self
    review.findings = findings.filter { $0.origin == .reader }
    return review
  }

  /// The next free name: `R` and one more than the highest number in use.
  public var nextName: String { nextName(from: 1) }

  /// The same, and never a lower number than `least`.
  ///
  /// Whoever must not know yet how many regions the model marked counts from far above them.
  public func nextName(from least: Int) -> String {
    let numbers = findings.compactMap { Int($0.name.dropFirst()) }
    return "R\(max(least, (numbers.max() ?? 0) + 1))"
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
  public mutating func add(
    _ region: Region, trackingUID: String, name: String? = nil, at date: Date
  ) -> Finding {
    let finding = Finding(
      trackingUID: trackingUID, name: name ?? nextName, region: region, origin: .reader,
      state: .agreed)
    findings.append(finding)
    changed = date
    return finding
  }
}

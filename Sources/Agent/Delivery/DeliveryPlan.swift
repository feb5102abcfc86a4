import Foundation
public import Gateway
public import Radiology
public import Store

/// What would go where of one report, or has gone, and why not: nothing is sent or changed.
public struct DeliveryPlan: Codable, Sendable {
  /// One document for one destination.
  public struct Line: Codable, Sendable {
    public let destination: String
    public let kind: String
    public let format: ExportFormat
    /// What is in the outbox of it; none if it is not there yet.
    public let state: OutboxItem.State?
    /// Why it does not go, or could not be made; none if nothing is in the way.
    public let obstacle: String?
    public let fileName: String?
    public let bytes: Int?
    /// SHA-256 in lowercase hexadecimal.
    public let digest: String?
  }

  public let study: Study.ID
  public let version: Int
  public let state: Report.State
  public let lines: [Line]

  /// Plans the newest version that was let out.
  ///
  /// - Throws: ``AgentError/notSigned`` if none was, and what reading the store throws.
  public init(
    of study: Study.ID, to destinations: [Configuration.Destination], in store: Store,
    by exporter: Exporter
  ) throws {
    guard
      let report = try store.signedReport(of: study) ?? store.preliminaries(of: study).last?.report,
      let row = try store.study(study)
    else { throw AgentError.notSigned }
    let isPreliminary = report.state == .preliminary
    let queued = try store.outbox(of: study).filter {
      $0.version == report.version && $0.isPreliminary == isPreliminary
    }
    self.study = study
    version = report.version
    state = report.state
    lines = destinations.flatMap { destination in
      let obstacle = destination.route.obstacle(
        report.state, of: row.modality, given: report.signed ?? report.changed)
      return destination.route.formats.map { format in
        let item = queued.first { $0.destination == destination.name && $0.format == format }
        return Line(
          report, as: format, to: destination, item: item, obstacle: item == nil ? obstacle : nil,
          by: exporter)
      }
    }
  }
}

extension DeliveryPlan.Line {
  fileprivate init(
    _ report: Report, as format: ExportFormat, to destination: Configuration.Destination,
    item: OutboxItem?, obstacle: String?, by exporter: Exporter
  ) {
    self.destination = destination.name
    kind = destination.kind.rawValue
    self.format = format
    state = item?.state
    if let item, item.digest != nil {
      (fileName, bytes, digest) = (item.fileName, item.bytes, item.digest)
      self.obstacle = item.state == .delivered ? nil : item.reason
      return
    }
    do {
      let document = try exporter.document(of: report, format: format)?
        .addressed(to: destination, as: format)
      (fileName, bytes, digest) = (document?.fileName, document?.bytes.count, document?.digest)
      let isNeedless = document == nil && item == nil
      self.obstacle =
        obstacle ?? item?.reason
        ?? (isNeedless ? "the report has nothing that this form could show" : nil)
    } catch {
      (fileName, bytes, digest) = (nil, nil, nil)
      self.obstacle = obstacle ?? "\(error)"
    }
  }
}

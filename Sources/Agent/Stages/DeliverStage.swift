public import Foundation
import Radiology
public import Store

/// Puts signed reports into a folder that others read: each version once.
public struct DeliverStage: Stage {
  public let name = "deliver"
  private let store: Store
  private let exporter: Exporter
  private let folder: URL
  private let now: @Sendable () -> Date

  /// What the store calls the place it delivers to.
  public static let destination = "folder"

  /// Where the agent delivers to unless told otherwise.
  public static func defaultFolder(in home: URL) -> URL {
    home.appending(path: "delivered", directoryHint: .isDirectory)
  }

  public init(
    store: Store, exporter: Exporter, folder: URL, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.exporter = exporter
    self.folder = folder
    self.now = now
  }

  /// Delivers what is waiting; a report that cannot be written stays in the outbox and holds up
  /// no other.
  ///
  /// - Throws: what the first of those failed with, after the others.
  public func drain() async throws -> Int {
    let waiting = try store.undelivered(to: Self.destination)
    if !waiting.isEmpty, store.owns(folder) { try PrivateFolder.make(folder) }
    var done = 0
    var failure: (any Error)?
    for report in waiting {
      do {
        try deliver(report)
        done += 1
      } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
    return done
  }

  private func deliver(_ report: Report) throws {
    let documents = try exporter.documents(of: report, formats: ExportFormat.allCases)
    for document in documents { try document.write(into: folder) }
    try store.markDelivered(
      report, to: Self.destination, fileName: documents.map(\.fileName).joined(separator: " "),
      digest: documents.map(\.digest).joined(separator: " "), at: now())
  }
}

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

  /// Delivers what is waiting; a document that cannot be written stays in the outbox.
  public func drain() async throws -> Int {
    let destination = "folder"
    var done = 0
    for report in try store.undelivered(to: destination) {
      let documents = try exporter.documents(of: report, formats: ExportFormat.allCases)
      for document in documents { try document.write(into: folder) }
      try store.markDelivered(
        report, to: destination, fileName: documents.map(\.fileName).joined(separator: " "),
        digest: documents.map(\.digest).joined(separator: " "), at: now())
      done += 1
    }
    return done
  }
}

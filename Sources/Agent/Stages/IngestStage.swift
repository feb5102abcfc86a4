public import Foundation

/// Takes in what lies in the inbox folder, once it has stopped growing.
public struct IngestStage: Stage {
  public let name = "ingest"
  private let ingest: Ingest
  private let inbox: URL
  private let now: @Sendable () -> Date

  /// A file that was written to within this time may still be growing.
  static let settling: TimeInterval = 2

  /// Where the agent looks unless told otherwise.
  public static func defaultInbox(in home: URL) -> URL {
    home.appending(path: "inbox", directoryHint: .isDirectory)
  }

  public init(
    ingest: Ingest, inbox: URL, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.ingest = ingest
    self.inbox = inbox
    self.now = now
  }

  /// Takes every settled file; what the store holds then is removed from the inbox.
  public func drain() async throws -> Int {
    let settled = self.settled()
    guard !settled.isEmpty else { return 0 }
    let summary = try await ingest.take(settled)
    for file in settled { try FileManager.default.removeItem(at: file) }
    return summary.files
  }

  private func settled() -> [URL] {
    let files = FileManager.default.enumerator(
      at: inbox, includingPropertiesForKeys: [.contentModificationDateKey, .isRegularFileKey],
      options: [.skipsHiddenFiles])
    return (files?.allObjects as? [URL] ?? []).filter { file in
      guard
        let values = try? file.resourceValues(forKeys: [
          .contentModificationDateKey, .isRegularFileKey,
        ]), values.isRegularFile == true, let changed = values.contentModificationDate
      else { return false }
      return now().timeIntervalSince(changed) >= Self.settling
    }.sorted { $0.path < $1.path }
  }
}

public import Foundation

/// The folder where objects wait for the ingest, and through which nothing is lost.
///
/// An object grows in `fetching/`, and when all its bytes are on the disk it gets its name in
/// `arrived/`: whatever is there is whole. The DICOM receiver shares `arrived/` and has a folder of
/// its own for what is growing. Folders have mode 0700, files 0600.
public struct SpoolFolder: Sendable {
  public let url: URL
  public var arrived: URL { url.appending(path: "arrived", directoryHint: .isDirectory) }
  private var fetching: URL { url.appending(path: "fetching", directoryHint: .isDirectory) }

  /// A draft that nobody has written to for so long belongs to a program that was killed.
  private static let leftover: TimeInterval = 24 * 3600

  /// Makes the folders where they are missing, and removes what a killed program left behind.
  ///
  /// - Throws: ``GatewayError/spoolFull`` or ``GatewayError/spoolUnusable(reason:)``.
  public init(_ url: URL) throws(GatewayError) {
    self.url = url
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch { throw .spoolUnusable(reason: "its folder cannot be made") }
    for folder in [url, arrived, fetching] {
      guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST else {
        throw GatewayError(errno: errno)
      }
    }
    removeLeftovers()
  }

  /// An object that is about to come.
  func draft() throws(GatewayError) -> SpoolDraft {
    try SpoolDraft(name: "\(UUID().uuidString.lowercased()).dcm", in: fetching, for: arrived)
  }

  private func removeLeftovers() {
    let keys: Set<URLResourceKey> = [.contentModificationDateKey]
    let drafts = try? FileManager.default.contentsOfDirectory(
      at: fetching, includingPropertiesForKeys: Array(keys))
    for draft in drafts ?? [] {
      guard let changed = try? draft.resourceValues(forKeys: keys).contentModificationDate,
        changed.timeIntervalSinceNow < -Self.leftover
      else { continue }
      try? FileManager.default.removeItem(at: draft)
    }
  }
}

extension GatewayError {
  /// What the system said about the spool.
  init(errno code: Int32) {
    switch code {
    case ENOSPC, EDQUOT: self = .spoolFull
    default: self = .spoolUnusable(reason: String(cString: strerror(code)).lowercased())
    }
  }
}

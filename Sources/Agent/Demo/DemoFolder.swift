public import Foundation

/// The folder a demo works in: only its owner can enter it, and only what a demo made is removed.
///
/// A note in it says who made it. It is locked as long as this value lives, so that no second demo
/// takes the store away from under the first.
public final class DemoFolder: Sendable {
  public let url: URL
  /// The note, open and locked.
  private let note: Int32

  /// What a demo makes; nothing else in the folder is ever touched.
  private static let parts = ["pictures", "hospitals", "new", "worklist"]
  private static let noteName = "secondlook-demo.txt"
  private static let firstLine = "A demo of SecondLook made this folder.\n"

  /// Where a demo works unless somebody says otherwise.
  ///
  /// `$XDG_CACHE_HOME/secondlook/demo`, else `~/.cache/secondlook/demo`: it can be made again.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return URL(filePath: cache, directoryHint: .isDirectory).appending(path: "secondlook/demo")
    }
    let user = environment["HOME"].map { URL(filePath: $0, directoryHint: .isDirectory) }
    return (user ?? FileManager.default.homeDirectoryForCurrentUser)
      .appending(path: ".cache/secondlook/demo")
  }

  /// Takes a folder that is new, empty, or of an earlier demo, and removes nothing yet.
  ///
  /// - Throws: ``AgentError/notADemo(path:)``, ``AgentError/notYours(path:)``,
  ///   ``AgentError/demoRuns(path:)``, ``AgentError/notWritten(path:reason:)``.
  public init(_ url: URL) throws(AgentError) {
    self.url = url
    let path = url.path
    try? FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw .notWritten(path: path, reason: "check its permissions and free space")
    }
    defer { close(folder) }
    var facts = stat()
    guard fstat(folder, &facts) == 0, facts.st_uid == geteuid() else {
      throw .notYours(path: path)
    }
    note = try Self.openNote(in: folder, path: path)
    guard flock(note, LOCK_EX | LOCK_NB) == 0 else {
      close(note)
      throw .demoRuns(path: path)
    }
    fchmod(folder, 0o700)
  }

  deinit { close(note) }

  /// The note of an earlier demo, or a new one where there is nothing at all.
  private static func openNote(in folder: Int32, path: String) throws(AgentError) -> Int32 {
    let known = openat(folder, noteName, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    if known >= 0 {
      var start = [UInt8](repeating: 0, count: firstLine.utf8.count)
      if pread(known, &start, start.count, 0) == start.count, start == Array(firstLine.utf8) {
        return known
      }
      close(known)
      throw .notADemo(path: path)
    }
    guard (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true else {
      throw .notADemo(path: path)
    }
    let new = openat(folder, noteName, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard new >= 0, write(new, firstLine, firstLine.utf8.count) == firstLine.utf8.count else {
      throw .notWritten(path: path, reason: "check its permissions and free space")
    }
    return new
  }

  /// Removes what a demo left, and says in the note what the images are.
  func clear(isSynthetic: Bool) {
    for part in Self.parts { try? FileManager.default.removeItem(at: url.appending(path: part)) }
    let text =
      Self.firstLine
      + "The next demo in it removes \(Self.parts.joined(separator: ", ")).\n"
      + (isSynthetic
        ? "All images here are SYNTHETIC: a program drew them, and they show nobody.\n" : "")
    ftruncate(note, off_t(Self.firstLine.utf8.count))
    pwrite(note, text, text.utf8.count, 0)
  }
}

public import Foundation
public import Logging
import Store

/// Takes in what lies in the inbox folder, once it has stopped growing.
///
/// A file that somebody has written to and not closed is left alone however long that takes; one
/// that was there before is left alone while it changes.
///
/// What the store holds leaves the inbox; a file it could not keep moves to `refused` beside the
/// others, where nothing is ever read or removed. Manifests and what is no image stay.
public actor IngestStage: Stage {
  public nonisolated let name: String
  private let ingest: Ingest
  private let inbox: URL
  private let log: Logger
  private let now: @Sendable () -> Date
  /// Tells of files that are being written.
  private var watch: FolderWatch?
  /// Files that could not be read when they were this large; they may not be whole yet.
  private var unfinished: [String: Size] = [:]
  /// How many files that are no images the log was told of.
  private var passedOver = 0

  /// A file that was written to within this time may still be growing.
  static let settling: TimeInterval = 2

  /// A file that cannot be read and was written to within this time may be a half one, whose writer
  /// was not seen: it began before us, or on another machine.
  static let doubt: TimeInterval = 60

  /// What a file is like from outside.
  private struct Size: Equatable {
    let bytes: Int
    let changed: Date

    init?(of file: URL) {
      let values = try? file.resourceValues(forKeys: [
        .fileSizeKey, .contentModificationDateKey,
      ])
      guard let bytes = values?.fileSize, let changed = values?.contentModificationDate else {
        return nil
      }
      (self.bytes, self.changed) = (bytes, changed)
    }
  }

  /// Where the agent looks unless told otherwise.
  public static func defaultInbox(in home: URL) -> URL {
    home.appending(path: "inbox", directoryHint: .isDirectory)
  }

  /// `name` tells several watched folders apart.
  public init(
    ingest: Ingest, inbox: URL, name: String = "ingest", log: Logger,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.name = name
    self.ingest = ingest
    self.inbox = inbox
    self.log = log
    self.now = now
  }

  /// Of the store's own folder only the inbox is emptied.
  private var isOfTheStore: Bool {
    guard let home = ingest.store.home else { return false }
    let own = Self.defaultInbox(in: home).standardizedFileURL.pathComponents
    return inbox.standardizedFileURL.pathComponents.starts(with: own)
  }

  /// Where files go that the store did not keep.
  private var refused: URL { inbox.appending(path: "refused", directoryHint: .isDirectory) }

  /// Takes every settled file.
  ///
  /// - Returns: how many files left the inbox.
  /// - Throws: ``AgentError/inboxNotCleared(files:)`` if some were taken and cannot be moved;
  ///   ``AgentError/inboxIsStore(path:)`` before anything is touched;
  ///   ``AgentError/nothingThere(path:)`` if the folder is gone.
  public func drain() async throws -> Int {
    guard !ingest.store.isWithin(inbox), !ingest.store.owns(inbox) || isOfTheStore else {
      throw AgentError.inboxIsStore(path: inbox.path)
    }
    if ingest.store.owns(inbox) { try PrivateFolder.seal(inbox) }
    let watch = watch ?? FolderWatch([])
    self.watch = watch
    // Again each time: the folder may be another one by now.
    watch.watch(inbox)
    guard FileManager.default.isReadableFile(atPath: inbox.path) else {
      throw AgentError.nothingThere(path: inbox.path)
    }
    let walk = FileWalk(
      inbox: inbox, past: refused, settledBefore: now().addingTimeInterval(-Self.settling),
      isGrowing: { [unfinished] in watch.isGrowing($0) || unfinished[$0.path] == Size(of: $0) })
    unfinished = unfinished.filter { Size(of: URL(filePath: $0.key)) == $0.value }
    tell(walk.passedOver)
    var done = 0
    var stuck = 0
    for file in try await ingest.take(walk) {
      do { done += try clear(file) ? 1 : 0 } catch { stuck += 1 }
    }
    guard stuck == 0 else { throw AgentError.inboxNotCleared(files: stuck) }
    return done
  }

  /// Something that came is looked at once it has settled, not before.
  public func wait(atMost time: Duration) async {
    guard let watch else {
      try? await Task.sleep(for: time)
      return
    }
    if await watch.wait(atMost: time) { try? await Task.sleep(for: .seconds(Self.settling)) }
  }

  /// Takes a file out of the inbox, unless somebody wrote to it since it was read, or may be about
  /// to: one that cannot be read and was changed a moment ago is left until it changes again or
  /// does not.
  private func clear(_ file: Taken) throws -> Bool {
    if case .refused = file.fate, let size = Size(of: file.url),
      now().timeIntervalSince(size.changed) < Self.doubt
    {
      unfinished[file.url.path] = size
      return false
    }
    unfinished[file.url.path] = nil
    guard let digest = file.digest else {
      try PrivateFolder.make(refused)
      try FileManager.default.moveItem(at: file.url, to: place(for: file.url))
      return true
    }
    let kept = try ingest.store.objectURL(digest).path
    guard FileManager.default.contentsEqual(atPath: file.url.path, andPath: kept) else {
      return false
    }
    try FileManager.default.removeItem(at: file.url)
    return true
  }

  /// A name nobody has among the refused.
  private func place(for file: URL) -> URL {
    let name = file.lastPathComponent
    var place = refused.appending(path: name)
    var number = 2
    while FileManager.default.fileExists(atPath: place.path) {
      place = refused.appending(path: "\(number) \(name)")
      number += 1
    }
    return place
  }

  private func tell(_ count: Int) {
    if count > passedOver {
      log.notice("some files of the inbox are no images", metadata: ["count": "\(count)"])
    }
    passedOver = count
  }
}

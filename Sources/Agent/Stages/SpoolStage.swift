public import Foundation
import Logging
public import Store

/// Takes in what was received over the network and waits in a spool.
///
/// A spool is a folder below the store's, one for each way in: whoever receives puts whole files
/// into its `arrived` and never touches them again. A file leaves the spool when the store has its
/// row, not before; one the store cannot keep moves to `refused` beside `arrived`. Whom the receiver
/// turned away, and why, goes into the log.
public actor SpoolStage: Stage {
  public nonisolated let name = "receive"
  private let store: Store
  private let spools: URL
  private let ingest: @Sendable (_ spool: String) -> Ingest
  private var watch: FolderWatch?

  /// Most files of one drain, so that other stages and the heartbeat come to their turn.
  private static let most = 500

  /// The spool of our own DICOM receiver; no archive can have this name.
  public static let receiver = "dicom.receiver"

  /// Where all spools of a store are.
  public static func folder(in home: URL) -> URL {
    home.appending(path: "spool", directoryHint: .isDirectory)
  }

  /// Takes in what is in the spools of a store; `ingest` makes what takes files of the spool with
  /// that name.
  public init(
    store: Store, home: URL, ingest: @escaping @Sendable (_ spool: String) -> Ingest
  ) {
    self.store = store
    spools = Self.folder(in: home)
    self.ingest = ingest
  }

  /// Takes what has arrived, in the order of the names.
  ///
  /// - Returns: how many files left the spools.
  public func drain() async throws -> Int {
    try PrivateFolder.make(spools)
    let names = try FileManager.default.contentsOfDirectory(atPath: spools.path).sorted()
    let watch = watch ?? FolderWatch([spools])
    self.watch = watch
    var done = 0
    var failure: (any Error)?
    // What is in the way of one spool holds up no other.
    for name in names where !name.hasPrefix(".") {
      do {
        done += try await drain(spools.appending(path: name, directoryHint: .isDirectory))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return done
  }

  private func drain(_ spool: URL) async throws -> Int {
    let arrived = spool.appending(path: "arrived", directoryHint: .isDirectory)
    let walk = FileWalk(spool: arrived, most: Self.most)
    let taken = try await ingest(spool.lastPathComponent).take(walk)
    for file in taken {
      // Another process may have taken it in as well, and been faster.
      guard try leave(file, spool) == 0 || errno == ENOENT else {
        throw StoreError.notPermitted(path: file.url.path)
      }
    }
    try ReceiverEvents(spool: spool).note(in: store)
    return taken.count
  }

  /// Takes a file out of the spool; what the system says of it.
  private func leave(_ file: Taken, _ spool: URL) throws -> Int32 {
    if file.digest != nil { return unlink(file.url.path) }
    let refused = spool.appending(path: "refused", directoryHint: .isDirectory)
    try PrivateFolder.make(refused)
    return rename(
      file.url.path, refused.appending(path: file.url.lastPathComponent).path)
  }

  public func wait(atMost time: Duration) async {
    if let watch { _ = await watch.wait(atMost: time) } else { try? await Task.sleep(for: time) }
  }
}

public import Foundation
import GRDB
public import Radiology
import Synchronization

/// What must survive a restart: studies, results, reviews, reports, lessons, models and the log.
///
/// A store is one folder that only its owner can enter: `secondlook.sqlite` beside the images
/// under `objects`. Several programs may work on it at once. Every call is one transaction:
/// either all of it is stored, or nothing and an error says why. A call returns when the change
/// is on the disk.
///
/// Dates are stored as seconds since 1 January 2001 UTC, as `Date` itself counts, so that what
/// is read equals what was saved; `datetime(x + 978307200, 'unixepoch')` shows one in SQL.
public final class Store: Sendable {
  /// The folder; none if the store lives in memory.
  public let home: URL?

  /// Whoever reads and writes; nobody outside this module sees it.
  let database: any DatabaseWriter
  /// A connection that only watches: a change by any other one, ours too, moves its data version.
  let watch: (any DatabaseReader)?
  /// The database's file as it was opened; none in memory.
  private let file: (path: String, identity: FileIdentity?)?
  /// The folder of the images.
  let objects: URL
  /// Names this opening of the store to the others on the same folder, by the process that has it.
  let session = "\(ProcessMark.own.text) \(UUID().uuidString)"
  /// How long the machine has been running.
  let uptime: @Sendable () -> Uptime
  /// What time it is.
  let now: @Sendable () -> Date
  /// When this run of the program last moved up what had waited too long.
  let raised = Mutex(Date.distantPast)
  /// Studies this run of the program has claimed and not given back.
  let claimed = Mutex<Set<Study.ID>>([])

  /// Opens the store in a folder, or makes it.
  ///
  /// By `uptime` it is told how long another session has been silent, by `now` how long a study
  /// has waited. A store of an older version is brought up to date, which may take a minute:
  /// `progress` hears before it begins and after each thousand studies.
  /// - Throws: ``StoreError/newerStore(found:supported:)`` if a newer version made it;
  ///   ``StoreError/notPermitted(path:)`` if the folder cannot be made or entered;
  ///   ``StoreError/damaged(_:)`` if the file is no store of ours.
  public init(
    home: URL, uptime: @escaping @Sendable () -> Uptime = { .now },
    now: @escaping @Sendable () -> Date = { Date() },
    progress: (Upkeep) -> Void = { _ in }
  ) throws(StoreError) {
    let folder = try HomeFolder(home)
    let path = folder.database.path
    (database, watch) = try folder.whileLocked {
      try Self.refuseForeign(at: path)
      let pool = try DatabasePool(path: path, configuration: Self.configuration)
      try pool.writeWithoutTransaction { database in
        // A signature that was shown as stored has to outlive a power cut; GRDB's NORMAL does not.
        try database.execute(sql: "PRAGMA synchronous = FULL")
      }
      if try pool.read(Self.isOld) { progress(.layout) }
      try Self.migrate(pool)
      return (pool, try DatabaseQueue(path: path, configuration: Self.watching))
    }
    self.home = home
    file = (path, FileIdentity(path: path))
    self.uptime = uptime
    self.now = now
    objects = home.appending(path: "objects", directoryHint: .isDirectory)
    try catchUpEntries(progress)
  }

  /// What is done to a store of an older version before it can be used.
  public enum Upkeep: Sendable, Hashable {
    case layout
    /// So many studies are in the worklist's index, of so many.
    case studies(Int, of: Int)
  }

  /// A store in memory, for tests; its images are in a temporary folder and go with it.
  public init(now: @escaping @Sendable () -> Date = { Date() }) throws(StoreError) {
    home = nil
    file = nil
    self.now = now
    watch = nil
    uptime = { .now }
    objects = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-\(UUID().uuidString)", directoryHint: .isDirectory)
    do {
      database = try DatabaseQueue(configuration: Self.configuration)
      try Self.migrate(database)
    } catch {
      throw StoreError(error)
    }
  }

  deinit {
    // SQLite tidies up after the last connection, unless that one may only read.
    try? watch?.close()
    if home == nil { try? FileManager.default.removeItem(at: objects) }
  }

  /// Ten seconds are longer than any transaction of ours and shorter than a reader's patience.
  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = true
    return configuration
  }

  private static var watching: Configuration {
    var configuration = configuration
    configuration.readonly = true
    return configuration
  }

  /// Looks at the file before anything could write to it.
  private static func refuseForeign(at path: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: watching)
    try queue.read(refuseForeign)
    try queue.close()
  }

  /// A file that was deleted is written to without an error, and what is written goes with it.
  func refuseGone() throws(StoreError) {
    guard let file else { return }
    guard let identity = FileIdentity(path: file.path), identity == file.identity else {
      throw .gone
    }
  }

  /// Reads what a closure asks for, all of it from one moment.
  ///
  /// - Throws: ``StoreError/gone`` where the file is not the one that was opened.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try refuseGone()
    do { return try database.read(body) } catch { throw StoreError(error) }
  }

  /// Does what a closure does, or nothing; the worklist's entries follow in the same transaction.
  ///
  /// - Throws: ``StoreError/gone`` where the file is not the one that was opened.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try commit { database in
      let value = try body(database)
      try bringEntriesUpToDate(database)
      return value
    }
  }

  /// Does what a closure does, or nothing, and leaves the worklist's entries as they are.
  func commit<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    // Before, as a write would go into the journal of whatever file is there now.
    try refuseGone()
    let value: Value
    do {
      value = try database.write { database in
        let value = try body(database)
        try refuseGone()
        return value
      }
    } catch {
      throw StoreError(error)
    }
    // And afterwards, so that what is called safe is in the file that is there.
    try refuseGone()
    return value
  }
}

public import Foundation

/// Where a coordinator keeps what must not be lost: its key, the roster, models, and the ledger.
public struct ConsortiumFolder: Sendable {
  /// Signs rosters and ledger lines; made with the folder.
  public let key: CoordinatorKey
  public let place: URL

  var checkpointFile: URL { place.appending(path: "checkpoint.json") }
  /// A line for each round.
  public var ledgerFile: URL { place.appending(path: "ledger.jsonl") }
  /// What the rounds were begun with.
  var planFile: URL { place.appending(path: "plan.json") }
  private var rosterFile: URL { place.appending(path: "roster.json") }
  /// The model of each round, as `<digest>.weights`.
  public var models: URL { place.appending(path: "models", directoryHint: .isDirectory) }
  var moments: URL { place.appending(path: "moments", directoryHint: .isDirectory) }
  private var answers: URL { place.appending(path: "answers", directoryHint: .isDirectory) }

  /// The public half of ``key`` in PEM, for the sites to pin.
  public var publicKeyFile: URL { place.appending(path: "coordinator.pem") }
  /// Whether there is a model already that rounds go on with.
  public var hasBegun: Bool { FileManager.default.fileExists(atPath: checkpointFile.path) }

  /// A folder for nothing else; it is made where it is missing, for its owner only, with a new key.
  ///
  /// - Throws: ``ConsortiumError/notKept(place:reason:)`` and
  ///   ``ConsortiumError/damaged(place:reason:)``.
  public init(_ place: URL) throws(ConsortiumError) {
    self.place = place
    let parts = ["models", "moments"].map { place.appending(path: $0) }
    do {
      for part in parts {
        try FileManager.default.createDirectory(
          at: part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: place.path)
    } catch { throw .notKept(place: place.path, reason: error.localizedDescription) }
    key = try CoordinatorKey(at: place.appending(path: "coordinator-key.pem"))
    if !FileManager.default.fileExists(atPath: publicKeyFile.path) {
      try WholeFile.write(Array(key.publicPEM.utf8), to: publicKeyFile)
    }
  }

  /// Answers of one round; what an earlier run left of them is forgotten.
  func newShelf() throws(ConsortiumError) -> AnswerShelf {
    do throws(FleetError) {
      let shelf = try FolderShelf(answers)
      shelf.clear()
      return AnswerShelf(shelf)
    } catch { throw .notKept(place: answers.path, reason: "\(error)") }
  }

  /// The number of the folder's one run: sites keep what they need from round to round by it, also
  /// while the coordinator is started anew.
  func run() throws(ConsortiumError) -> RunID {
    let file = place.appending(path: "run")
    if !FileManager.default.fileExists(atPath: file.path) {
      let number = UInt64.random(in: 2...UInt64(Int64.max))
      try WholeFile.write(Array("\(number)\n".utf8), to: file)
    }
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let number = UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines)), number > 1
    else { throw .damaged(place: file.path, reason: "it holds no number of a run") }
    return RunID(rawValue: number)
  }

  func forgetMoments(except kept: Set<String>) {
    let files = try? FileManager.default.contentsOfDirectory(
      at: moments, includingPropertiesForKeys: nil)
    for file in files ?? []
    where !kept.contains(file.deletingPathExtension().lastPathComponent) {
      try? FileManager.default.removeItem(at: file)
    }
  }

  /// Keeps every other program from leading the rounds of this folder, as long as it lives.
  func lock() throws(ConsortiumError) -> FolderLock {
    try FolderLock(place.appending(path: "lock"), of: place)
  }
}

extension ConsortiumFolder {
  /// Whether there is a roster.
  public var hasRoster: Bool { FileManager.default.fileExists(atPath: rosterFile.path) }

  /// Who takes part, signed by this folder's key.
  ///
  /// - Throws: ``ConsortiumError/noRoster(folder:)``, ``ConsortiumError/rosterUnsigned`` and
  ///   ``ConsortiumError/rosterUnusable(_:)``.
  public func roster() throws(ConsortiumError) -> SignedRoster {
    guard let bytes = try? Data(contentsOf: rosterFile) else { throw .noRoster(folder: place.path) }
    return try SignedRoster(file: [UInt8](bytes), by: key.publicKey)
  }

  /// Signs the roster that comes of the present one, and puts it in its place.
  ///
  /// - Parameter change: makes the next of the present one, if there is one.
  /// - Returns: the next one.
  /// - Throws: what `change` throws, and what reading and writing do.
  @discardableResult
  public func changeRoster(
    _ change: (ConsortiumRoster?) throws -> ConsortiumRoster
  ) throws -> SignedRoster {
    let lock = try FolderLock(place.appending(path: "roster.lock"), of: place)
    defer { withExtendedLifetime(lock) {} }
    let next = try SignedRoster(change(hasRoster ? try roster().roster : nil), signedBy: key)
    try WholeFile.write(next.file, to: rosterFile)
    return next
  }
}

import Foundation

/// Puts files where they stay: whole or not at all, also when the power goes.
enum DurableFile {
  /// Puts the bytes there in place of what was there, for the owner only.
  ///
  /// Their name may still be lost with the power, until the folder is synced; and so may they, where
  /// they are not synced either.
  /// - Throws: ``FleetError/notKept(reason:)``.
  static func put(
    _ bytes: [UInt8], at place: URL, synced isSynced: Bool = true
  ) throws(FleetError) {
    let draft = place.deletingLastPathComponent()
      .appending(path: ".\(place.lastPathComponent).\(UUID().uuidString)").path
    let flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC
    let descriptor = unsafe open(draft, flags, 0o600)
    guard descriptor >= 0 else { throw failure() }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: bytes)
      if isSynced { try file.synchronize() }
    } catch {
      unsafe unlink(draft)
      throw .notKept(because: error)
    }
    guard unsafe rename(draft, place.path) == 0 else {
      let error = failure()
      unsafe unlink(draft)
      throw error
    }
  }

  /// Makes the names in a folder as lasting as the files.
  ///
  /// - Throws: ``FleetError/notKept(reason:)``.
  static func sync(_ folder: URL) throws(FleetError) { try syncWhatIs(at: folder) }

  /// Makes files that were not synced last, and their names.
  ///
  /// One after another when all are written, the disk writes most of them with the first.
  /// - Throws: ``FleetError/notKept(reason:)``.
  static func syncFiles(in folder: URL) throws(FleetError) {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw .notKept(because: error)
    }
    for name in names { try syncWhatIs(at: folder.appending(path: name)) }
    try sync(folder)
  }

  private static func syncWhatIs(at place: URL) throws(FleetError) {
    let descriptor = unsafe open(place.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  private static func failure() -> FleetError {
    .notKept(reason: unsafe String(cString: strerror(errno)).lowercased())
  }
}

extension FleetError {
  /// What the file system refused, in words that end without a full stop.
  public static func notKept(because error: any Error) -> FleetError {
    if case CocoaError.fileWriteOutOfSpace = error {
      return .notKept(reason: "no space left on device")
    }
    let reason = error.localizedDescription
    return .notKept(reason: String(reason.hasSuffix(".") ? reason.dropLast() : reason[...]))
  }
}

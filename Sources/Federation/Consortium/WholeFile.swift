import Foundation

/// Files that are there whole or not at all, also after a loss of power.
enum WholeFile {
  /// Writes a file that only its owner may read.
  ///
  /// - Parameters:
  ///   - bytes: all of it.
  ///   - place: where, in a folder that exists.
  ///   - replacing: whether what is there already gives way to it, or stays.
  /// - Throws: ``ConsortiumError/notKept(place:reason:)``.
  static func write(
    _ bytes: [UInt8], to place: URL, replacing: Bool = true
  ) throws(ConsortiumError) {
    let draft = place.deletingLastPathComponent()
      .appending(path: ".\(place.lastPathComponent).\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: draft) }
    do {
      guard
        FileManager.default.createFile(
          atPath: draft.path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
      let file = try FileHandle(forWritingTo: draft)
      defer { try? file.close() }
      try file.write(contentsOf: bytes)
      try file.synchronize()
    } catch { throw .notKept(place: place.path, reason: error.localizedDescription) }
    let status =
      replacing
      ? unsafe rename(draft.path, place.path) : unsafe link(draft.path, place.path)
    guard status == 0 || !replacing && errno == EEXIST else {
      throw .notKept(place: place.path, reason: "the disk refuses it (\(errno))")
    }
    sync(place.deletingLastPathComponent())
  }

  /// Makes the names in a folder as lasting as the files; a file system that cannot still has them.
  static func sync(_ folder: URL) {
    let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

public import Foundation

/// Folders that only their owner may enter.
public enum PrivateFolder {
  /// Makes a folder with mode 0700 and those above it where missing; closes it if it is there.
  ///
  /// - Throws: ``StoreError/diskFull`` or ``StoreError/notPermitted(path:)``.
  public static func make(_ folder: URL) throws(StoreError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      let cause = StoreError(error)
      throw cause == .diskFull ? cause : .notPermitted(path: folder.path)
    }
    guard chmod(folder.path, 0o700) == 0 else { throw StoreError(errno: errno, path: folder.path) }
  }

  /// Makes a folder and closes all that lies in it: folders get mode 0700, files 0600.
  ///
  /// Links are left alone, and so is what somebody else removes meanwhile.
  public static func seal(_ folder: URL) throws(StoreError) {
    try make(folder)
    let places = FileManager.default.enumerator(atPath: folder.path)
    while let place = places?.nextObject() as? String {
      let path = folder.appending(path: place).path
      switch places?.fileAttributes?[.type] as? FileAttributeType {
      case .typeDirectory: try close(path, 0o700)
      case .typeRegular: try close(path, 0o600)
      default: continue
      }
    }
  }

  private static func close(_ path: String, _ mode: mode_t) throws(StoreError) {
    guard chmod(path, mode) == 0 || errno == ENOENT else {
      throw StoreError(errno: errno, path: path)
    }
  }
}

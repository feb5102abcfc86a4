public import Foundation

extension Store {
  /// Where the store is unless somebody says otherwise.
  ///
  /// `$SECONDLOOK_HOME`, else `$XDG_DATA_HOME/secondlook`, else `~/.local/share/secondlook`. As
  /// the XDG Base Directory Specification asks, a relative `$XDG_DATA_HOME` counts as none.
  public static func defaultHome(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    if let home = environment["SECONDLOOK_HOME"], !home.isEmpty {
      return URL(filePath: home, directoryHint: .isDirectory)
    }
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      return URL(filePath: data, directoryHint: .isDirectory)
        .appending(path: "secondlook", directoryHint: .isDirectory)
    }
    let user = environment["HOME"].map { URL(filePath: $0, directoryHint: .isDirectory) }
    return (user ?? FileManager.default.homeDirectoryForCurrentUser)
      .appending(path: ".local/share/secondlook", directoryHint: .isDirectory)
  }
}

extension Store {
  /// Whether a place lies in the store's folder, where nothing is open to others.
  public func owns(_ place: URL) -> Bool {
    guard let home else { return false }
    let folder = home.standardizedFileURL.pathComponents
    return place.standardizedFileURL.pathComponents.starts(with: folder)
  }
}

extension Store {
  /// Whether the store's folder lies in a place, or is it.
  public func isWithin(_ place: URL) -> Bool {
    guard let home else { return false }
    let folder = place.standardizedFileURL.pathComponents
    return home.standardizedFileURL.pathComponents.starts(with: folder)
  }
}

/// The store's folder: only its owner may enter it, and one program at a time prepares it.
struct HomeFolder {
  let url: URL
  var database: URL { url.appending(path: "secondlook.sqlite") }

  /// Makes the folder and an empty database file, where they are missing, and closes both to
  /// everybody else.
  ///
  /// SQLite gives its `-wal` and `-shm` files the mode of the database file.
  init(_ url: URL) throws(StoreError) {
    self.url = url
    try PrivateFolder.make(url)
    // Only ever a new file is opened here: closing one that SQLite holds would drop its locks.
    let descriptor = open(database.path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
    } else if errno != EEXIST {
      throw StoreError(errno: errno, path: database.path)
    }
    for suffix in ["", "-wal", "-shm"] {
      let path = database.path + suffix
      guard chmod(path, 0o600) == 0 || errno == ENOENT else {
        throw StoreError(errno: errno, path: path)
      }
    }
  }

  /// Runs while no other program does the same with this folder.
  ///
  /// Two programs that both found no tables would otherwise both make them.
  func whileLocked<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
    let path = url.appending(path: "lock").path
    let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(errno: errno, path: path) }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw StoreError(errno: errno, path: path) }
    }
    do { return try body() } catch { throw StoreError(error) }
  }
}

import Foundation

/// Kinds of values that more than one section has.
extension Settings {
  /// An application entity title.
  ///
  /// Source: PS3.5 table 6.2-1: 1 to 16 characters, no backslash, not only spaces. A comma would be
  /// allowed there; here it is not, as the receiver takes its callers as a list with commas.
  mutating func title(_ key: String) throws(ConfigurationError) -> String? {
    guard let title = try text(key) else { return nil }
    try check(title, key)
    return title
  }

  mutating func titles(_ key: String) throws(ConfigurationError) -> [String] {
    let titles = try texts(key)
    for title in titles { try check(title, key) }
    return titles
  }

  private func check(_ title: String, _ key: String) throws(ConfigurationError) {
    guard title.utf8.count <= 16, title.first != " ", title.last != " ",
      title.utf8.allSatisfy({ (0x20..<0x7f).contains($0) && !"\\,".utf8.contains($0) })
    else {
      throw wrong(key, "has to be 1 to 16 plain characters without backslash and comma")
    }
  }

  /// A name that can also be that of a folder.
  mutating func name(_ key: String) throws(ConfigurationError) -> String? {
    guard let name = try text(key) else { return nil }
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]{0,31}/) != nil else {
      throw wrong(key, "has to be 1 to 32 letters, digits, _ or -, the first no sign")
    }
    return name
  }

  mutating func modality(_ key: String) throws(ConfigurationError) -> String? {
    guard let modality = try text(key) else { return nil }
    try check(modality: modality, key)
    return modality
  }

  mutating func modalities(_ key: String) throws(ConfigurationError) -> [String] {
    let modalities = try texts(key)
    for modality in modalities { try check(modality: modality, key) }
    return modalities
  }

  private func check(modality: String, _ key: String) throws(ConfigurationError) {
    guard modality.utf8.count <= 16,
      modality.utf8.allSatisfy({ $0.isCapital || (0x30...0x39).contains($0) || $0 == 0x5f })
    else { throw wrong(key, "has to be modalities such as “DX”, in capitals") }
  }

  mutating func port(_ key: String) throws(ConfigurationError) -> Int? {
    try whole(key, in: 1...65_535)
  }

  /// A host name or an address: no options, spaces or paths can hide in one.
  mutating func host(_ key: String) throws(ConfigurationError) -> String? {
    guard let host = try text(key) else { return nil }
    guard host.utf8.count <= 253, host.first != "-",
      host.utf8.allSatisfy({
        $0.isCapital || (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
          || "-.:_".utf8.contains($0)
      })
    else { throw wrong(key, "has to be a host name or an address") }
    return host
  }

  /// Seconds; at least 5, so that nobody is asked without a pause, and at most a day.
  mutating func interval(_ key: String) throws(ConfigurationError) -> Duration? {
    try whole(key, in: 5...86_400).map { .seconds($0) }
  }

  /// Most bytes of one object, from a number of MiB; 512 MiB if nothing is said.
  mutating func largest(_ key: String) throws(ConfigurationError) -> Int {
    (try whole(key, in: 1...65_536) ?? 512) << 20
  }

  // MARK: Files

  /// A file that is there and can be read.
  mutating func file(_ key: String) throws(ConfigurationError) -> URL? {
    guard let path = try text(key) else { return nil }
    let file = place(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
      !isFolder.boolValue, FileManager.default.isReadableFile(atPath: file.path)
    else { throw wrong(key, "names a file that is not there or cannot be read") }
    return file
  }

  /// A file that only its owner may read.
  mutating func privateFile(_ key: String) throws(ConfigurationError) -> URL? {
    guard let file = try file(key) else { return nil }
    var status = stat()
    guard stat(file.path, &status) == 0, status.st_mode & 0o077 == 0 else {
      throw wrong(key, "names a file that others may read; chmod 600 makes it private")
    }
    return file
  }

  mutating func folders(_ key: String) throws(ConfigurationError) -> [URL] {
    var folders: [URL] = []
    for path in try texts(key) {
      let folder = place(path)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
        isFolder.boolValue
      else { throw wrong(key, "names a folder that is not there") }
      folders.append(folder)
    }
    return folders
  }
}

extension UInt8 {
  fileprivate var isCapital: Bool { (0x41...0x5a).contains(self) }
}

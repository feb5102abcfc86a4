import Crypto
public import struct Foundation.URL
import Glibc

/// Weights on disk, each in a file named `<digest>.weights`.
///
/// A file appears whole or not at all, belongs to its owner alone (mode 0600), and what is loaded
/// is what its name promises.
public enum ParameterFile {
  /// The most a weight file may hold: 2^27 values and their names.
  static let maximumBytes = Parameters.maximumCount * 4 + Parameters.maximumEntries * 256

  /// Where the parameters of that digest lie in a folder.
  public static func url(of digest: String, in folder: URL) -> URL {
    folder.appending(path: digest + ".weights")
  }

  /// Writes the parameters into a folder that exists; saving the same twice changes nothing.
  ///
  /// - Returns: the digest, by which ``load(_:from:)`` finds them again.
  /// - Throws: ``EngineError/notFinite(what:)`` for weights that could not be loaded again,
  ///   ``EngineError/file(operation:code:)`` when the disk refuses.
  @discardableResult
  public static func save(
    _ parameters: Parameters, in folder: URL
  ) throws(EngineError) -> String {
    guard parameters.isFinite else { throw .notFinite(what: "weights") }
    return try write(parameters, in: folder) { digest in url(of: digest, in: folder) }
  }

  /// Writes the parameters under a name that says something else of them.
  ///
  /// - Parameters:
  ///   - parameters: what ``load(from:)`` gives again, if its values are finite.
  ///   - place: in a folder that exists; what is there gives way.
  /// - Throws: ``EngineError/file(operation:code:)`` when the disk refuses.
  public static func save(_ parameters: Parameters, as place: URL) throws(EngineError) {
    _ = try write(parameters, in: place.deletingLastPathComponent()) { _ in place }
  }

  private static func write(
    _ parameters: Parameters, in folder: URL, as place: (String) -> URL
  ) throws(EngineError) -> String {
    let draft = folder.appending(
      path: ".\(getpid())-\(UInt64.random(in: 0...UInt64.max)).draft"
    ).path(percentEncoded: false)
    var isWhole = false
    defer { if !isWhole { unlink(draft) } }
    let digest = try write(parameters, toNew: draft)
    guard rename(draft, place(digest).path(percentEncoded: false)) == 0 else {
      throw .file(operation: "rename", code: errno)
    }
    isWhole = true
    // The name itself must survive a power cut too.
    let directory = open(folder.path(percentEncoded: false), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
    return digest
  }

  /// Reads the parameters of that digest and checks that they are the ones.
  ///
  /// - Throws: ``EngineError/damagedParameters(problem:)`` if `digest` is no digest or the content
  ///   no container, ``EngineError/file(operation:code:)`` if there is no such file,
  ///   ``EngineError/digestMismatch(expected:)`` if the content is another's.
  public static func load(_ digest: String, from folder: URL) throws(EngineError) -> Parameters {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy(isHexadecimal) else {
      throw .damagedParameters(problem: "the name is not a digest")
    }
    return try read(url(of: digest, in: folder), expecting: digest)
  }

  /// Reads what ``save(_:as:)`` wrote there, whatever its digest.
  ///
  /// - Throws: ``EngineError/damagedParameters(problem:)`` if the content is no container,
  ///   ``EngineError/file(operation:code:)`` if there is no such file.
  public static func load(from place: URL) throws(EngineError) -> Parameters {
    try read(place, expecting: nil)
  }

  private static func read(
    _ place: URL, expecting digest: String?
  ) throws(EngineError) -> Parameters {
    let file = open(
      place.path(percentEncoded: false), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .file(operation: "open", code: errno) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw .file(operation: "stat", code: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG, (0...maximumBytes).contains(Int(facts.st_size)) else {
      throw .damagedParameters(problem: "the file is no weight file or far too large")
    }
    var content = Content(file: file, left: Int(facts.st_size))
    do throws(EngineError) {
      let parameters = try Parameters(from: &content)
      if let digest, content.digest != digest { throw .digestMismatch(expected: digest) }
      return parameters
    } catch {
      guard let digest else { throw error }
      // Whatever is wrong with it, first of all it is another's.
      try content.skip()
      throw content.digest == digest ? error : .digestMismatch(expected: digest)
    }
  }

  /// What is in an open file, digested on its way.
  private struct Content: ContainerSource {
    let file: Int32
    private(set) var left: Int
    private var hash = SHA256()

    init(file: Int32, left: Int) {
      self.file = file
      self.left = left
    }

    var digest: String { Parameters.hexadecimal(hash.finalize()) }

    mutating func take(into room: UnsafeMutableRawBufferPointer) throws(EngineError) {
      precondition(room.count <= left, "no more than there is")
      // In pieces that are still in the cache when they are digested.
      for start in stride(from: 0, to: room.count, by: Self.piece) {
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: room[start..<min(room.count, start + Self.piece)])
        try fill(piece)
        hash.update(bufferPointer: UnsafeRawBufferPointer(piece))
      }
      left -= room.count
    }

    /// Takes the rest, to have the digest of all.
    mutating func skip() throws(EngineError) {
      while left > 0 { _ = try bytes(min(left, Self.piece)) }
    }

    private static let piece = 1 << 18

    private func fill(_ room: UnsafeMutableRawBufferPointer) throws(EngineError) {
      var got = 0
      while got < room.count {
        let count = Glibc.read(file, room.baseAddress?.advanced(by: got), room.count - got)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw .file(operation: "read", code: count < 0 ? errno : EIO) }
        got += count
      }
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  /// Writes and syncs a file that must not exist yet.
  ///
  /// - Returns: the digest of what is in it.
  private static func write(
    _ parameters: Parameters, toNew path: String
  ) throws(EngineError) -> String {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .file(operation: "create", code: errno) }
    defer { close(file) }
    var content = ContainerFile(file)
    try parameters.encode(to: &content)
    guard fsync(file) == 0 else { throw .file(operation: "sync", code: errno) }
    return content.digest
  }
}

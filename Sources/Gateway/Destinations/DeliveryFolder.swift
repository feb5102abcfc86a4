public import Foundation
import Radiology

/// A folder that others read.
///
/// A document appears there whole or not at all, under its own name, and nothing is ever
/// overwritten: the same bytes again change nothing, other bytes of that name are refused.
public struct DeliveryFolder: Destination {
  private let folder: URL
  private let isMade: Bool
  private let takeName: NameTaking

  /// `isMade` makes a folder that is not there, for its owner alone; another one has to be there, as
  /// a share that is not mounted is.
  public init(_ folder: URL, isMade: Bool = false) {
    self.init(folder, isMade: isMade, takingNamesBy: .linkOrRename)
  }

  init(_ folder: URL, isMade: Bool = false, takingNamesBy takeName: NameTaking) {
    self.folder = folder
    self.isMade = isMade
    self.takeName = takeName
  }

  public var place: String { folder.path }

  public func check() async throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw DeliveryProblem(.unable, "There is no folder \(folder.path).") }
    guard access(folder.path, W_OK | X_OK) == 0 else {
      throw DeliveryProblem(.unable, "The folder \(folder.path) may not be written to.")
    }
  }

  public func holds(_ document: OutgoingDocument) async throws -> Bool? {
    try? Data(contentsOf: target(of: document)) == document.bytes
  }

  public func send(_ document: OutgoingDocument) async throws -> String? {
    if isMade {
      try? FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    try await check()
    try write(document.bytes, to: target(of: document))
    return nil
  }

  private func target(of document: OutgoingDocument) -> URL {
    folder.appending(path: document.fileName, directoryHint: .notDirectory)
  }

  /// Writes beside the target and waits for the disk; then the target's name is taken, if nobody
  /// has it.
  private func write(_ bytes: Data, to target: URL) throws(DeliveryProblem) {
    let draft = folder.appending(path: ".\(UUID().uuidString)").path
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw problem() }
    defer { unlink(draft) }
    try fill(descriptor, with: bytes)
    let fault = takeName(draft, target.path)
    if fault == EEXIST {
      if let there = try? Data(contentsOf: target), there == bytes { return }
      throw DeliveryProblem(
        .nameTaken, "\(target.lastPathComponent) is there already, with other contents.")
    }
    guard fault != EINVAL else {
      throw DeliveryProblem(
        .unable,
        "\(folder.path) lies on a file system that cannot tell whether a name is free, so nothing is "
          + "written there: a document of that name could be overwritten.")
    }
    guard fault == 0 else { throw problem(fault) }
    let place = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard place >= 0 else { return }
    defer { close(place) }
    guard fsync(place) == 0 else { throw problem() }
  }

  private func fill(_ descriptor: Int32, with bytes: Data) throws(DeliveryProblem) {
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw problem() }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw problem() }
  }

  private func problem(_ fault: CInt = errno) -> DeliveryProblem {
    let reason = String(cString: strerror(fault)).lowercased()
    return DeliveryProblem(.unable, "\(folder.path) could not be written: \(reason).")
  }
}

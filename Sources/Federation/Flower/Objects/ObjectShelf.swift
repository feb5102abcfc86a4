public import Foundation
import Synchronization

/// Keeps objects by their names.
public protocol ObjectShelf: Sendable {
  func has(_ id: ObjectID) -> Bool

  /// Keeps the bytes, which the name is the digest of.
  ///
  /// - Throws: ``FleetError/wrongContent(_:)`` for other bytes, and ``FleetError/notKept(reason:)``.
  func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError)

  /// The bytes, checked once more.
  ///
  /// - Throws: ``FleetError/missing(_:)`` and ``FleetError/wrongContent(_:)``.
  func bytes(of id: ObjectID) throws(FleetError) -> [UInt8]

  /// Forgets all objects.
  func clear()
}

extension ObjectShelf {
  /// Whether these bytes have this name.
  func check(_ bytes: [UInt8], are id: ObjectID) throws(FleetError) {
    guard ObjectID(of: bytes) == id else { throw .wrongContent(id) }
  }
}

/// Objects in memory, for messages of which there is no more than memory.
public final class MemoryShelf: ObjectShelf {
  private let objects = Mutex<[ObjectID: [UInt8]]>([:])

  public init() {}

  public func has(_ id: ObjectID) -> Bool { objects.withLock { $0[id] != nil } }

  public func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError) {
    try check(bytes, are: id)
    objects.withLock { $0[id] = bytes }
  }

  public func bytes(of id: ObjectID) throws(FleetError) -> [UInt8] {
    guard let bytes = objects.withLock({ $0[id] }) else { throw .missing(id) }
    return bytes
  }

  public func clear() { objects.withLock { $0 = [:] } }

  func remove(_ ids: some Sequence<ObjectID>) {
    objects.withLock { objects in for id in ids { objects[id] = nil } }
  }
}

/// Objects as files of a folder, named after what is in them.
public struct FolderShelf: ObjectShelf {
  private let folder: URL

  /// A folder for nothing else; it is made where it is missing, for its owner only.
  ///
  /// - Throws: ``FleetError/notKept(reason:)``.
  public init(_ folder: URL) throws(FleetError) {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw .notKept(because: error) }
  }

  private func place(of id: ObjectID) -> URL { folder.appending(path: id.description) }

  public func has(_ id: ObjectID) -> Bool {
    FileManager.default.fileExists(atPath: place(of: id).path)
  }

  public func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError) {
    try check(bytes, are: id)
    // Under its name only when it is whole: whoever is killed here leaves nothing half. What a loss
    // of power leaves half is not taken for the object, for its digest is another.
    try DurableFile.put(bytes, at: place(of: id), synced: false)
  }

  /// Makes what was kept so far outlast a loss of power.
  ///
  /// - Throws: ``FleetError/notKept(reason:)``.
  func sync() throws(FleetError) { try DurableFile.syncFiles(in: folder) }

  public func bytes(of id: ObjectID) throws(FleetError) -> [UInt8] {
    guard let data = try? Data(contentsOf: place(of: id)) else { throw .missing(id) }
    let bytes = [UInt8](data)
    try check(bytes, are: id)
    return bytes
  }

  public func clear() {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    for file in files ?? [] { try? FileManager.default.removeItem(at: file) }
  }
}

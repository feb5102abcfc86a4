public import Foundation

/// What a node must not forget: its key, its number, and the instruction it works on.
///
/// Whoever is killed at any point finds here what to go on with.
public struct NodeFolder: Sendable {
  /// The key by which the coordinator knows this site.
  public let key: NodeKey
  let objects: FolderShelf
  private let folder: URL

  /// A folder for nothing else and no other process; it is made where it is missing, for its owner
  /// only, with a new key.
  ///
  /// - Throws: ``FleetError/notKept(reason:)`` and ``FleetError/unusableFile(what:reason:)``.
  public init(_ folder: URL) throws(FleetError) {
    self.folder = folder
    objects = try FolderShelf(folder.appending(path: "objects"))
    do {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: folder.path)
    } catch { throw .notKept(reason: error.localizedDescription) }
    key = try NodeKey(at: folder.appending(path: "node-key.pem"))
  }

  private var numberFile: URL { folder.appending(path: "node") }
  private var instructionFile: URL { folder.appending(path: "instruction") }

  /// The number that a coordinator gave this site, if there was one.
  func node() -> NodeID? {
    guard let text = try? String(contentsOf: numberFile, encoding: .utf8) else { return nil }
    return UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines)).map(NodeID.init)
  }

  /// Whether a coordinator may have given this site a number that nobody here has heard.
  var isActivating: Bool {
    node() == nil && FileManager.default.fileExists(atPath: numberFile.path)
  }

  /// Notes that a number is about to be asked for.
  func beginActivating() throws(FleetError) {
    if node() == nil { try write([], to: numberFile) }
  }

  /// Notes that there is no number.
  func endActivating() {
    if isActivating { try? FileManager.default.removeItem(at: numberFile) }
  }

  func keep(_ node: NodeID) throws(FleetError) {
    try write(Array("\(node.rawValue)\n".utf8), to: numberFile)
  }

  /// The instruction that was taken and is not answered yet.
  func instruction() -> Instruction? {
    guard let data = try? Data(contentsOf: instructionFile) else { return nil }
    return try? Instruction(decoding: [UInt8](data))
  }

  func keep(_ instruction: Instruction) throws(FleetError) {
    try write(instruction.encoded(), to: instructionFile)
  }

  /// Forgets the instruction and its objects.
  func finish() {
    try? FileManager.default.removeItem(at: instructionFile)
    objects.clear()
  }

  private func write(_ bytes: [UInt8], to file: URL) throws(FleetError) {
    do { try Data(bytes).write(to: file, options: .atomic) } catch {
      throw .notKept(reason: error.localizedDescription)
    }
  }
}

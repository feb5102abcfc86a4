public import Foundation

/// What a node must not forget: its key, its coordinator, its number, the instruction it works on,
/// and the answer.
///
/// Whoever is killed at any point finds here what to go on with.
public struct NodeFolder: Sendable {
  /// The key by which the coordinator knows this site.
  public let key: NodeKey
  let objects: FolderShelf
  let answers: FolderShelf
  private let folder: URL

  /// A folder for nothing else and no other process; it is made where it is missing, for its owner
  /// only, with a new key.
  ///
  /// - Throws: ``FleetError/notKept(reason:)`` and ``FleetError/unusableFile(what:reason:)``.
  public init(_ folder: URL) throws(FleetError) {
    self.folder = folder
    objects = try FolderShelf(folder.appending(path: "objects"))
    answers = try FolderShelf(folder.appending(path: "answer-objects"))
    do {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: folder.path)
    } catch { throw .notKept(because: error) }
    key = try NodeKey(at: folder.appending(path: "node-key.pem"))
  }

  /// One thing that is kept.
  enum Note: String {
    case coordinator, node, instruction, answer, announced, answered
    /// What a coordinator still wants of the answer.
    case pushing
    /// Held while a program takes part.
    case lock
  }

  func place(of note: Note) -> URL { folder.appending(path: note.rawValue) }

  func has(_ note: Note) -> Bool { FileManager.default.fileExists(atPath: place(of: note).path) }

  func bytes(of note: Note) -> [UInt8]? {
    (try? Data(contentsOf: place(of: note))).map { [UInt8]($0) }
  }

  func line(of note: Note) -> String? {
    bytes(of: note).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  func put(_ bytes: [UInt8], as note: Note) throws(FleetError) {
    try DurableFile.put(bytes, at: place(of: note))
    try DurableFile.sync(folder)
  }

  func put(line: String, as note: Note) throws(FleetError) {
    try put(Array("\(line)\n".utf8), as: note)
  }

  func remove(_ note: Note) { try? FileManager.default.removeItem(at: place(of: note)) }
}

// Who is who.
extension NodeFolder {
  /// Whether this is the node of a coordinator, or of none yet.
  ///
  /// - Throws: ``FleetError/anotherCoordinator(server:kept:)``.
  func check(isOf server: String) throws(FleetError) {
    guard let kept = line(of: .coordinator), kept != server else { return }
    throw .anotherCoordinator(server: server, kept: FleetError.plain(kept))
  }

  /// Notes whose node this is.
  func keep(coordinator server: String) throws(FleetError) {
    if line(of: .coordinator) != server { try put(line: server, as: .coordinator) }
  }

  /// The number that a coordinator gave this site, if there was one.
  ///
  /// None in a copy of the folder: under the number that came with it, a second machine would be
  /// taken for the first, and each would get some of what the other is asked. The copy has to ask
  /// for a number, and gets none while the first is online.
  func node() -> NodeID? {
    let words = (line(of: .node) ?? "").split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, words[1] == here else { return nil }
    return UInt64(words[0]).map(NodeID.init)
  }

  func keep(_ node: NodeID) throws(FleetError) {
    try put(line: "\(node.rawValue) \(here)", as: .node)
  }

  /// This folder on this machine since it was switched on: a clone of a whole disk has the same
  /// files, but was switched on by itself.
  private var here: String {
    let start = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let file = try? FileManager.default.attributesOfItem(
      atPath: folder.appending(path: "node-key.pem").path)[.systemFileNumber]
    return (start ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
      + " \((file as? NSNumber)?.uint64Value ?? 0)"
  }

  /// Whether a coordinator may have given this site a number that nobody here has heard.
  var isActivating: Bool { node() == nil && has(.node) }

  /// Notes that a number is about to be asked for.
  func beginActivating() throws(FleetError) { if node() == nil { try put([], as: .node) } }

  /// Notes that there is no number.
  func endActivating() { if isActivating { remove(.node) } }
}

// What is to be done.
extension NodeFolder {
  /// The instruction that was taken and is not answered yet.
  func instruction() -> Instruction? {
    bytes(of: .instruction).flatMap { try? Instruction(decoding: $0) }
  }

  func keep(_ instruction: Instruction) throws(FleetError) {
    try put(instruction.encoded(), as: .instruction)
  }

  /// The instruction that was answered last.
  func answered() -> ObjectID? { line(of: .answered).flatMap { ObjectID($0) } }

  /// Forgets the instruction, its answer, and their objects, but not that it was answered.
  func finish() throws(FleetError) {
    // First of all: who is killed below must not answer it a second time.
    if hasAnswer, let question { try put(line: question.description, as: .answered) }
    for note in [Note.answer, .announced, .pushing, .instruction] { remove(note) }
    answers.clear()
    objects.clear()
  }
}

import SwiftProtobuf
import Synchronization

/// The answers of one round, and what each is called.
///
/// A ledger names an answer by the root of its tree. Their headings are read as they come: to look
/// for each answer among all of them on the disk would take longer than the round.
final class AnswerShelf: ObjectShelf {
  private let shelf: FolderShelf
  private let headings = Mutex<[ObjectID: Heading]>([:])

  init(_ shelf: FolderShelf) { self.shelf = shelf }

  func has(_ id: ObjectID) -> Bool { shelf.has(id) }

  func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError) {
    try shelf.keep(bytes, as: id)
    if let heading = Self.heading(of: bytes) { headings.withLock { $0[id] = heading } }
  }

  func bytes(of id: ObjectID) throws(FleetError) -> [UInt8] { try shelf.bytes(of: id) }

  func clear() {
    shelf.clear()
    headings.withLock { $0 = [:] }
  }

  /// The name of an answer; none if two answers claim to be it.
  func name(of answer: FleetMessage) -> ObjectID? {
    let same = headings.withLock { $0.filter { $0.value == answer.heading } }
    return same.count == 1 ? same.first?.key : nil
  }

  private static let start = Array("\(FleetObject.Kind.message.rawValue) ".utf8)

  private static func heading(of bytes: [UInt8]) -> Heading? {
    guard bytes.starts(with: start), let object = try? FleetObject(opening: bytes),
      let message = try? ProtoMessage(serializedBytes: Array(object.body))
    else { return nil }
    return try? Heading(message.metadata)
  }
}

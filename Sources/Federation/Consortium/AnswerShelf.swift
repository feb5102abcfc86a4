import SwiftProtobuf
import Synchronization

/// The answers of one round, and what each is called.
///
/// A ledger names an answer by the root of its tree, which a ``FleetMessage`` does not know.
final class AnswerShelf: ObjectShelf {
  private let shelf: FolderShelf
  private let messages = Mutex<Set<ObjectID>>([])

  init(_ shelf: FolderShelf) { self.shelf = shelf }

  func has(_ id: ObjectID) -> Bool { shelf.has(id) }

  func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError) {
    try shelf.keep(bytes, as: id)
    if bytes.starts(with: Self.start) { messages.withLock { _ = $0.insert(id) } }
  }

  func bytes(of id: ObjectID) throws(FleetError) -> [UInt8] { try shelf.bytes(of: id) }

  func clear() {
    shelf.clear()
    messages.withLock { $0 = [] }
  }

  /// The name of an answer; none if two answers claim to be it.
  func name(of answer: FleetMessage) -> ObjectID? {
    let same = messages.withLock { $0 }.filter { heading(of: $0) == answer.heading }
    return same.count == 1 ? same.first : nil
  }

  private static let start = Array("\(FleetObject.Kind.message.rawValue) ".utf8)

  private func heading(of id: ObjectID) -> Heading? {
    guard let object = try? FleetObject(opening: bytes(of: id)),
      let message = try? ProtoMessage(serializedBytes: Array(object.body))
    else { return nil }
    return try? Heading(message.metadata)
  }
}

import Foundation
import SwiftProtobuf

/// A message as it travels: a tree of objects, and the bytes of each when they are asked for.
///
/// Arrays are read twice, once for their names and once on their way, a chunk of 5 MiB at a time;
/// so memory does not grow with the model. Equal chunks and equal arrays travel once. A message
/// that was kept has all its objects on a shelf.
public struct DeflatedMessage: Sendable {
  public let heading: Heading
  public let tree: ObjectTree
  /// Why there are no records, where there are none.
  let refusal: ProtoError?
  /// Bytes of all its objects, each once: what travels if the other side has none of them.
  public let byteCount: Int
  private let source: Source

  private enum Source {
    case pieces([ObjectID: Deflation.Piece])
    case shelf(any ObjectShelf, Set<ObjectID>)
  }

  /// The name of the message.
  public var id: ObjectID { tree.id }

  /// Whether it says no more than that nothing was done.
  public var isRefusal: Bool { refusal != nil }

  /// - Throws: ``FleetError`` if an array cannot be read.
  public init(_ message: FleetMessage) throws {
    var deflation = Deflation()
    var body = ProtoMessage()
    body.metadata = message.heading.proto(of: nil)
    var children: [ObjectTree] = []
    switch message.content {
    case .refusal(let code, let reason):
      body.error = .with {
        $0.code = code
        $0.reason = reason
      }
    case .records(let records): children = [try deflation.put(records)]
    }
    heading = message.heading
    refusal = body.hasError ? body.error : nil
    tree = deflation.put(.message, children, try body.serializedBytes() as [UInt8])
    source = .pieces(deflation.pieces)
    byteCount = deflation.byteCount
  }

  /// The message of that announcement, every object of which is on the shelf.
  ///
  /// - Throws: ``FleetError`` for an announcement that nobody would make, and for objects that are
  ///   not there or not what they were.
  init(
    _ announcement: ProtoMessage, _ tree: ObjectTree, on shelf: any ObjectShelf
  ) throws(FleetError) {
    guard announcement.metadata.messageID == tree.id.description else {
      throw .malformed("a message and its objects have different names")
    }
    heading = try Heading(announcement.metadata)
    refusal = announcement.hasError ? announcement.error : nil
    self.tree = tree
    let objects = tree.objects
    var size = 0
    for id in objects { size += try shelf.bytes(of: id).count }
    byteCount = size
    source = .shelf(shelf, Set(objects))
  }

  private init(_ message: DeflatedMessage, on shelf: any ObjectShelf) {
    heading = message.heading
    tree = message.tree
    refusal = message.refusal
    byteCount = message.byteCount
    source = .shelf(shelf, Set(message.tree.objects))
  }

  /// The same message with all its objects on the shelf; one at a time is in memory on its way.
  ///
  /// - Throws: ``FleetError`` if an array cannot be read, or the shelf does not take an object.
  func kept(on shelf: any ObjectShelf) throws(FleetError) -> DeflatedMessage {
    for id in tree.objects {
      guard let bytes = try bytes(of: id) else { throw .missing(id) }
      try shelf.keep(bytes, as: id)
    }
    return DeflatedMessage(self, on: shelf)
  }

  /// The message as it is announced: of its contents nothing but that there are any.
  ///
  /// An answer without its content “present and empty” would be an error of the server's.
  var announcement: ProtoMessage {
    .with {
      $0.metadata = heading.proto(of: id)
      if let refusal { $0.error = refusal } else { $0.content = ProtoRecordDict() }
    }
  }

  /// The bytes of an object of this message; none for another's.
  ///
  /// - Throws: ``FleetError`` if an array cannot be read any more, or is another by now.
  public func content(of id: ObjectID) throws -> [UInt8]? {
    switch source {
    case .shelf(let shelf, let objects):
      return objects.contains(id) ? try shelf.bytes(of: id) : nil
    case .pieces(let pieces): return try pieces[id]?.content(of: id)
    }
  }
}

extension DeflatedMessage {
  /// The bytes of an object of this message, for its way out.
  ///
  /// - Throws: ``FleetError`` if an array cannot be read any more, or is another by now.
  func bytes(of id: ObjectID) throws(FleetError) -> [UInt8]? {
    do { return try content(of: id) } catch let error as FleetError { throw error } catch {
      throw .malformed("an array of the answer cannot be read any more")
    }
  }
}

/// Makes objects of records, leaves first.
private struct Deflation {
  /// Where the bytes of an object come from.
  enum Piece: Sendable {
    case bytes([UInt8])
    case chunk(FleetArray, Range<Int>)

    /// The bytes, if they still are what has this name.
    func content(of id: ObjectID) throws -> [UInt8] {
      switch self {
      case .bytes(let bytes): return bytes
      case .chunk(let array, let range):
        let bytes = try array.chunk(range).encoded()
        guard ObjectID(of: bytes) == id else { throw FleetError.wrongContent(id) }
        return bytes
      }
    }
  }

  private(set) var pieces: [ObjectID: Piece] = [:]
  private(set) var byteCount = 0

  mutating func put(_ kind: FleetObject.Kind, _ parts: [ObjectTree], _ body: [UInt8]) -> ObjectTree
  {
    let children = unique(parts)
    let bytes = FleetObject(kind, children: children.map(\.id), body: body).encoded()
    let id = ObjectID(of: bytes)
    note(.bytes(bytes), bytes.count, as: id)
    return ObjectTree(id: id, children: children)
  }

  mutating func put(_ records: [(name: String, record: FleetRecord)]) throws -> ObjectTree {
    var parts: [(name: String, tree: ObjectTree)] = []
    for (name, record) in records {
      switch record {
      case .arrays(let arrays):
        var members: [(name: String, tree: ObjectTree)] = []
        for (name, array) in arrays { members.append((name, try put(array))) }
        parts.append((name, put(.arrays, named: members)))
      case .metrics(let values):
        precondition(values.allSatisfy(\.value.isMetric), "metrics are numbers")
        parts.append((name, try put(.metrics, values)))
      case .configuration(let values): parts.append((name, try put(.configuration, values)))
      }
    }
    return put(.records, named: parts)
  }

  private mutating func put(
    _ kind: FleetObject.Kind, named parts: [(name: String, tree: ObjectTree)]
  ) -> ObjectTree {
    check(parts.map(\.name))
    let members = parts.map { "\(quoted($0.name)): \"\($0.tree.id)\"" }
    return put(kind, parts.map(\.tree), Array("{\(members.joined(separator: ", "))}".utf8))
  }

  private mutating func put(
    _ kind: FleetObject.Kind, _ values: [(name: String, value: RecordValue)]
  ) throws -> ObjectTree {
    check(values.map(\.name))
    let record = ProtoRecord.with {
      $0.items = values.map { item in
        .with {
          $0.key = item.name
          $0.value = item.value.proto
        }
      }
    }
    return put(kind, [], try record.serializedBytes())
  }

  private mutating func put(_ array: FleetArray) throws -> ObjectTree {
    let file = array.header.encoded().count + array.byteCount
    var chunks: [ObjectID] = []
    for start in stride(from: 0, to: file, by: FleetLimits.longestBody) {
      let range = start..<min(start + FleetLimits.longestBody, file)
      let bytes = try array.chunk(range).encoded()
      let id = ObjectID(of: bytes)
      note(.chunk(array, range), bytes.count, as: id)
      chunks.append(id)
    }
    let parts = unique(chunks.map { ObjectTree(id: $0) })
    let places = Dictionary(uniqueKeysWithValues: zip(parts.map(\.id), parts.indices))
    let description = """
      {"dtype": "\(array.element.rawValue)", "shape": \(array.shape), \
      "stype": "numpy.ndarray", "arraychunk_ids": \(chunks.compactMap { places[$0] })}
      """
    return put(.array, parts, Array(description.utf8))
  }

  private mutating func note(_ piece: Piece, _ size: Int, as id: ObjectID) {
    if pieces.updateValue(piece, forKey: id) == nil { byteCount += size }
  }

  private func unique(_ trees: [ObjectTree]) -> [ObjectTree] {
    var seen: Set<ObjectID> = []
    return trees.filter { seen.insert($0.id).inserted }
  }

  private func check(_ names: [String]) {
    precondition(names.allSatisfy(FleetLimits.isName), "a name is 1 to 256 printable ASCII")
    precondition(Set(names).count == names.count, "names are unique")
  }

  /// As JSON; a name is printable ASCII.
  private func quoted(_ name: String) -> String {
    let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

extension FleetArray {
  /// Bytes of the `.npy` file that the array is on its way.
  fileprivate func chunk(_ range: Range<Int>) throws -> FleetObject {
    let head = header.encoded()
    let values = max(range.lowerBound - head.count, 0)..<max(range.upperBound - head.count, 0)
    return FleetObject(
      .chunk, body: head.dropFirst(range.lowerBound).prefix(range.count) + (try bytes(values)))
  }
}

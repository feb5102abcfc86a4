import Foundation
import SwiftProtobuf

extension FleetMessage {
  /// Puts a message together from objects that have all arrived.
  ///
  /// Every object is checked against its name and against the tree; the values of arrays stay on
  /// the shelf until they are asked for. Members of records come in the order of their names.
  /// - Throws: ``FleetError`` for objects that are missing, that are not what they claim to be, or
  ///   of which there are more than any honest message has.
  public init(_ tree: ObjectTree, from shelf: some ObjectShelf) throws(FleetError) {
    let message = try shelf.message(of: tree)
    name = tree.id
    heading = try Heading(message.metadata)
    switch (message.hasError, tree.children.first) {
    case (true, nil):
      content = .refusal(
        code: message.error.code, reason: FleetError.plain(message.error.reason, most: 1_000))
    case (false, let records?) where tree.children.count == 1:
      content = .records(try shelf.records(of: records))
    default: throw .malformed("a message has neither records nor a reason why not")
    }
  }
}

extension Heading {
  /// The heading alone, which is there however bad the rest may be.
  init(of tree: ObjectTree, on shelf: some ObjectShelf) throws(FleetError) {
    try self.init(try shelf.message(of: tree).metadata)
  }
}

extension ObjectShelf {
  fileprivate func message(of tree: ObjectTree) throws(FleetError) -> ProtoMessage {
    let object = try object(.message, of: tree).itself
    guard let message = try? ProtoMessage(serializedBytes: Array(object.body)) else {
      throw .malformed("a message cannot be read")
    }
    return message
  }

  /// An object that is what it should be, and its parts in its own order.
  ///
  /// A tree names the same parts in any order: Flower keeps trees in a database that has none.
  fileprivate func object(
    _ kind: FleetObject.Kind, of tree: ObjectTree
  ) throws(FleetError) -> (itself: FleetObject, parts: [ObjectTree]) {
    let object = try FleetObject(opening: try bytes(of: tree.id))
    guard object.kind == kind else {
      throw .malformed("a \(object.kind.rawValue) where a \(kind.rawValue) belongs")
    }
    let parts = Dictionary(tree.children.map { ($0.id, $0) }) { first, _ in first }
    let ordered = object.children.compactMap { parts[$0] }
    guard ordered.count == object.children.count, ordered.count == tree.children.count else {
      throw .malformed("an object and the tree name different parts")
    }
    return (object, ordered)
  }

  fileprivate func records(
    of tree: ObjectTree
  ) throws(FleetError) -> [(name: String, record: FleetRecord)] {
    var room = OpeningRoom()
    var opened: [ObjectID: FleetRecord] = [:]
    var records: [(name: String, record: FleetRecord)] = []
    for (name, member) in try members(of: tree, as: .records, in: &room) {
      let record: FleetRecord
      if let known = opened[member.id] {
        record = known
        try room.takeAgain(record)
      } else {
        record = try self.record(member, in: &room)
        opened[member.id] = record
      }
      records.append((name, record))
    }
    try room.checkRepetition()
    return records
  }

  private func record(
    _ tree: ObjectTree, in room: inout OpeningRoom
  ) throws(FleetError) -> FleetRecord {
    let object = try FleetObject(opening: try bytes(of: tree.id))
    switch object.kind {
    case .arrays:
      var arrays: [(name: String, array: FleetArray)] = []
      for (name, member) in try members(of: tree, as: .arrays, in: &room) {
        arrays.append((name, try array(of: member, in: &room)))
      }
      return .arrays(arrays)
    case .metrics:
      let values = try values(of: tree, as: .metrics)
      guard values.allSatisfy(\.value.isMetric) else {
        throw .malformed("a metric is not a number")
      }
      return .metrics(values)
    case .configuration: return .configuration(try values(of: tree, as: .configuration))
    case .message, .records, .array, .chunk:
      throw .malformed("a \(object.kind.rawValue) where a record belongs")
    }
  }

  /// The parts of an object by their names, which are the body as JSON.
  private func members(
    of tree: ObjectTree, as kind: FleetObject.Kind, in room: inout OpeningRoom
  ) throws(FleetError) -> [(name: String, tree: ObjectTree)] {
    let (object, parts) = try object(kind, of: tree)
    guard let names = try? JSONDecoder().decode([String: String].self, from: Data(object.body))
    else { throw .malformed("a \(kind.rawValue) does not say what its parts are called") }
    try room.take(places: names.count)
    let trees = Dictionary(
      uniqueKeysWithValues: parts.map { ($0.id.description, $0) })
    guard Set(names.values) == Set(trees.keys) else {
      throw .malformed("a \(kind.rawValue) names other parts than it has")
    }
    guard names.keys.allSatisfy(FleetLimits.isName) else {
      throw .malformed("a part of a \(kind.rawValue) has an unusable name")
    }
    return names.sorted { $0.key < $1.key }.compactMap { name, id in
      trees[id].map { (name, $0) }
    }
  }

  private func values(
    of tree: ObjectTree, as kind: FleetObject.Kind
  ) throws(FleetError) -> [(name: String, value: RecordValue)] {
    let object = try object(kind, of: tree).itself
    guard let record = try? ProtoRecord(serializedBytes: Array(object.body)) else {
      throw .malformed("a \(kind.rawValue) cannot be read")
    }
    var values: [(name: String, value: RecordValue)] = []
    for item in record.items {
      guard FleetLimits.isName(item.key) else {
        throw .malformed("a value of a \(kind.rawValue) has an unusable name")
      }
      values.append((item.key, try RecordValue(item.value)))
    }
    guard Set(values.map(\.name)).count == values.count else {
      throw .malformed("a \(kind.rawValue) has a value twice")
    }
    return values
  }

  private func array(
    of tree: ObjectTree, in room: inout OpeningRoom
  ) throws(FleetError) -> FleetArray {
    if let known = room.arrays[tree.id] {
      try room.take(bytes: known.byteCount)
      return known
    }
    let array = try newArray(of: tree, in: &room)
    room.arrays[tree.id] = array
    return array
  }

  /// An array whose head, description and chunks agree with each other.
  ///
  /// What the head claims is taken from the room before any other chunk is read.
  private func newArray(
    of tree: ObjectTree, in room: inout OpeningRoom
  ) throws(FleetError) -> FleetArray {
    let (object, parts) = try object(.array, of: tree)
    guard let claim = try? JSONDecoder().decode(ArrayClaim.self, from: Data(object.body)) else {
      throw .malformed("an array does not say what it is")
    }
    guard claim.stype == "numpy.ndarray" else { throw .unsupportedArray("values not of numpy") }
    try room.take(places: claim.arraychunk_ids.count)
    guard let first = claim.arraychunk_ids.first, Set(claim.arraychunk_ids) == Set(parts.indices)
    else { throw .malformed("an array counts other chunks than it has") }
    let head = try self.object(.chunk, of: parts[first]).itself
    let (header, length) = try NumpyHeader.read(head.body)
    guard header.element.rawValue == claim.dtype, header.shape == claim.shape else {
      throw .malformed("an array is of another type or shape than it says")
    }
    try room.take(bytes: header.byteCount)
    let fileSize = length + header.byteCount
    var lengths: [Int] = []
    var read = 0
    for child in parts {
      let chunk = try self.object(.chunk, of: child).itself
      lengths.append(chunk.body.count)
      room.note(chunk.body.count, of: child.id)
      read += chunk.body.count
      guard read <= fileSize else { break }
    }
    let chunks = claim.arraychunk_ids.compactMap { place in
      lengths.indices.contains(place) ? (id: parts[place].id, length: lengths[place]) : nil
    }
    guard read <= fileSize, chunks.reduce(0, { $0 + $1.length }) == fileSize else {
      throw .malformed("an array has more or fewer values than its shape")
    }
    return FleetArray(header, after: length, of: chunks, on: self)
  }
}

/// The body of an Array.
private struct ArrayClaim: Decodable {
  let dtype: String
  let shape: [Int]
  let stype: String
  let arraychunk_ids: [Int]
}

extension FleetArray {
  /// An array that stays on the shelf, its file cut into chunks; the head takes the first bytes.
  fileprivate init(
    _ header: NumpyHeader, after head: Int, of chunks: [(id: ObjectID, length: Int)],
    on shelf: some ObjectShelf
  ) {
    let places = ChunkPlaces(after: head, chunks)
    self.init(header, pieces: places.pieces) { range in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(range.count)
      for place in places.covering(range) {
        let body = try FleetObject(opening: shelf.bytes(of: place.id)).body
        let part = place.range.clamped(to: range)
        bytes += body.dropFirst(part.lowerBound - place.range.lowerBound).prefix(part.count)
      }
      return bytes
    }
  }
}

import Foundation
import SwiftProtobuf
import Synchronization
import TestSupport
import Testing

@testable import Federation

@Suite("Objects of somebody else are believed only as far as they hold together")
struct HostileObjectTests {
  private let shelf = MemoryShelf()

  private func put(
    _ kind: FleetObject.Kind, _ children: [ObjectTree] = [], _ body: String
  ) throws -> ObjectTree {
    try put(FleetObject(kind, children: children.map(\.id), body: body.utf8), children)
  }

  private func put(_ object: FleetObject, _ children: [ObjectTree] = []) throws -> ObjectTree {
    let bytes = object.encoded()
    try shelf.keep(bytes, as: ObjectID(of: bytes))
    return ObjectTree(id: ObjectID(of: bytes), children: children)
  }

  /// A message whose one array is described as the test says.
  private func message(
    _ chunks: [ObjectTree], dtype: String = "float32", shape: String = "[2]",
    stype: String = "numpy.ndarray", places: String = "[0]"
  ) throws -> ObjectTree {
    try message(
      put(
        .array, chunks,
        #"{"dtype":"\#(dtype)","shape":\#(shape),"stype":"\#(stype)","arraychunk_ids":\#(places)}"#)
    )
  }

  private func message(_ array: ObjectTree) throws -> ObjectTree {
    let arrays = try put(.arrays, [array], #"{"w":"\#(array.id)"}"#)
    return try message(records: put(.records, [arrays], #"{"a":"\#(arrays.id)"}"#))
  }

  private func message(records: ObjectTree) throws -> ObjectTree {
    let body: [UInt8] = try ProtoMessage.with {
      $0.metadata = try goldenHeading().proto(of: nil)
    }.serializedBytes()
    return try put(FleetObject(.message, children: [records.id], body: body), [records])
  }

  private func chunk(_ header: NumpyHeader, values: Int) throws -> ObjectTree {
    try put(
      FleetObject(.chunk, body: header.encoded() + [UInt8](repeating: 0, count: values)))
  }

  private let two = NumpyHeader(element: .float32, shape: [2])

  private func opens(_ tree: ObjectTree) throws { _ = try FleetMessage(tree, from: shelf) }

  @Test("an honest array opens, so what the others lack is what stops them")
  func honest() throws {
    try opens(message([chunk(two, values: 8)]))
  }

  @Test("an array whose description, head and values disagree does not open")
  func lyingArrays() throws {
    let chunk = try chunk(two, values: 8)
    for (dtype, shape) in [("float64", "[2]"), ("float32", "[1, 2]"), ("float32", "[3]")] {
      let tree = try message([chunk], dtype: dtype, shape: shape)
      #expect(throws: FleetError.self, "\(dtype) \(shape)") { try opens(tree) }
    }
    for values in [0, 7, 9] {
      let tree = try message([self.chunk(two, values: values)])
      #expect(throws: FleetError.self, "\(values)") { try opens(tree) }
    }
    for places in ["[]", "[1]", "[-1]", "[0, 0]", "[0, 1]", "[0.5]", "null"] {
      let tree = try message([chunk], places: places)
      #expect(throws: FleetError.self, "\(places)") { try opens(tree) }
    }
    let other = try message([chunk], stype: "pickle")
    #expect(throws: FleetError.unsupportedArray("values not of numpy")) { try opens(other) }
  }

  @Test("a tree and its objects have to name the same parts")
  func otherParts() throws {
    let tree = try message([chunk(two, values: 8)])
    let bare = ObjectTree(id: tree.id, children: [ObjectTree(id: tree.children[0].id)])
    #expect(throws: FleetError.self) { try opens(bare) }
    #expect(throws: FleetError.self) { try opens(ObjectTree(id: tree.id)) }
    #expect(throws: FleetError.self) { try opens(tree.children[0]) }
  }

  @Test("a part that did not arrive, or is another, is missed")
  func missing() throws {
    let sent = try DeflatedMessage(goldenMessage())
    for absent in sent.tree.objects {
      let shelf = try sent.shelved()
      shelf.remove([absent])
      #expect(throws: FleetError.missing(absent)) {
        _ = try FleetMessage(sent.tree, from: shelf)
      }
    }
    #expect(throws: FleetError.wrongContent(sent.id)) { try shelf.keep([1], as: sent.id) }
  }

  @Test("values that are no numbers never become a model")
  func notFinite() throws {
    for bad in [Float.nan, .infinity, -.infinity] {
      let sent = try DeflatedMessage(
        FleetMessage(
          goldenHeading(),
          .records([("a", .arrays([("w", try FleetArray([1, bad], shape: [2]))]))])))
      let array = try FleetMessage(sent.tree, from: sent.shelved())["a"]?.array("w")
      #expect(throws: FleetError.notFinite) { _ = try array?.floats() }
    }
  }

  @Test("names that could steer a terminal, or are none, do not open")
  func names() throws {
    let chunk = try chunk(two, values: 8)
    let array = try put(
      .array, [chunk],
      #"{"dtype":"float32","shape":[2],"stype":"numpy.ndarray","arraychunk_ids":[0]}"#)
    for name in ["", #"\u001b[2J"#, #"\u202e"#, "é", String(repeating: "n", count: 257)] {
      let arrays = try put(.arrays, [array], #"{"\#(name)":"\#(array.id)"}"#)
      let tree = try message(records: put(.records, [arrays], #"{"a":"\#(arrays.id)"}"#))
      #expect(throws: FleetError.self, "\(name)") { try opens(tree) }
    }
  }

  @Test(
    "a head that is none is refused",
    arguments: [
      "", "Message", "Message  0", "Message  1\0", "Message 0\0", "Message  00\0", "Message  +0\0",
      "Message  -1\0", "Message   0\0", "Pickle  0\0", "message  0\0", "Message x 0\0",
      "Message , 0\0", "ArrayChunk  99999999999999999999\0",
    ])
  func heads(text: String) {
    #expect(throws: FleetError.self) { try FleetObject(opening: Array(text.utf8)) }
  }

  @Test("a part counted twice, and a body longer than any, are refused")
  func parts() throws {
    let id = ObjectID(of: [1])
    let twice = "Array \(id),\(id) 0\0"
    #expect(throws: FleetError.self) { try FleetObject(opening: Array(twice.utf8)) }
    let long = FleetObject(
      .chunk, body: [UInt8](repeating: 0, count: FleetLimits.longestBody + 1))
    #expect(
      throws: FleetError.tooMuch("bytes of an object", limit: FleetLimits.longestBody)
    ) { try FleetObject(opening: long.encoded()) }
  }

  @Test("a tree that is too deep, too wide or has no names is refused before it costs anything")
  func trees() {
    let leaf = ProtoObjectTree.with { $0.objectID = ObjectID(of: [1]).description }
    var deep = leaf
    for _ in 0..<5 {
      let below = deep
      deep = .with {
        $0.objectID = leaf.objectID
        $0.children = [below]
      }
    }
    #expect(throws: FleetError.tooMuch("levels of a message", limit: 5)) { try ObjectTree(deep) }
    let wide = ProtoObjectTree.with {
      $0.objectID = leaf.objectID
      $0.children = Array(repeating: leaf, count: FleetLimits.mostObjects)
    }
    #expect(throws: FleetError.self) { try ObjectTree(wide) }
    for name in ["", "../../etc/passwd", String(repeating: "A", count: 64)] {
      #expect(throws: FleetError.self) { try ObjectTree(.with { $0.objectID = name }) }
    }
  }

  @Test("one chunk counted often enough to fill a memory is refused")
  func bomb() throws {
    let body = FleetLimits.longestBody
    let block = try put(FleetObject(.chunk, body: [UInt8](repeating: 0, count: body)))
    let header = NumpyHeader(element: .float64, shape: [FleetLimits.mostValues])
    let (blocks, rest) = header.byteCount.quotientAndRemainder(dividingBy: body)
    let first = try chunk(header, values: rest)
    let places = [0] + Array(repeating: 1, count: blocks)
    let tree = try message(
      [first, block], dtype: "float64", shape: "[\(FleetLimits.mostValues)]", places: "\(places)")
    let sent = header.encoded().count + rest + body
    #expect(throws: FleetError.tooMuch("bytes in arrays", limit: 64 * sent + (64 << 20))) {
      try opens(tree)
    }
  }

  /// As many names for one part, as a record has them.
  private func names(_ count: Int, of part: ObjectTree) -> String {
    "{" + (0..<count).map { #""n\#($0)":"\#(part.id)""# }.joined(separator: ",") + "}"
  }

  private func smallArray() throws -> ObjectTree {
    try put(
      .array, [chunk(two, values: 8)],
      #"{"dtype":"float32","shape":[2],"stype":"numpy.ndarray","arraychunk_ids":[0]}"#)
  }

  @Test("many names for one part are one part's work, and too many are refused")
  func manyNames() throws {
    let array = try smallArray()
    let arrays = try put(.arrays, [array], names(400, of: array))
    let few = try message(records: put(.records, [arrays], names(3, of: arrays)))
    let counting = CountingShelf(shelf)
    let opened = try FleetMessage(few, from: counting)
    #expect(try opened["n2"]?.array("n399")?.floats() == [0, 0])
    #expect(counting.reads < 20)
    let many = try message(records: put(.records, [arrays], names(400, of: arrays)))
    #expect(
      throws: FleetError.tooMuch("places for parts", limit: FleetLimits.mostObjects)
    ) { try opens(many) }
  }

  @Test("whatever is changed anywhere, nothing but a named error comes of it", arguments: 0..<200)
  func mutated(seed: UInt64) throws {
    var random = Seeded(seed)
    let sent = try DeflatedMessage(goldenMessage())
    let victim = try #require(sent.tree.objects.randomElement(using: &random))
    let shelf = MemoryShelf()
    let tree = try remade(sent.tree, of: sent, on: shelf) { id, bytes in
      guard id == victim else { return }
      for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
    }
    do {
      let message = try FleetMessage(tree, from: shelf)
      if case .arrays(let arrays)? = message["arrays"] {
        for (_, array) in arrays { _ = try array.floats() }
      }
    } catch is FleetError {}
  }

  /// The message with its objects changed, under the names that they have then.
  private func remade(
    _ tree: ObjectTree, of message: DeflatedMessage, on shelf: MemoryShelf,
    changing change: (ObjectID, inout [UInt8]) -> Void
  ) throws -> ObjectTree {
    // A character for every byte.
    var text = String(
      String.UnicodeScalarView((try message.content(of: tree.id) ?? []).map { Unicode.Scalar($0) }))
    var children: [ObjectTree] = []
    for child in tree.children {
      let new = try remade(child, of: message, on: shelf, changing: change)
      text = text.replacing(child.id.description, with: new.id.description)
      children.append(new)
    }
    var bytes = text.unicodeScalars.map { UInt8($0.value) }
    change(tree.id, &bytes)
    let id = ObjectID(of: bytes)
    try shelf.keep(bytes, as: id)
    return ObjectTree(id: id, children: children)
  }
}

/// Counts how often objects are read.
private final class CountingShelf: ObjectShelf {
  private let shelf: MemoryShelf
  private let count = Mutex(0)

  init(_ shelf: MemoryShelf) { self.shelf = shelf }

  var reads: Int { count.withLock { $0 } }
  func has(_ id: ObjectID) -> Bool { shelf.has(id) }
  func keep(_ bytes: [UInt8], as id: ObjectID) throws(FleetError) { try shelf.keep(bytes, as: id) }
  func bytes(of id: ObjectID) throws(FleetError) -> [UInt8] {
    count.withLock { $0 += 1 }
    return try shelf.bytes(of: id)
  }
  func clear() { shelf.clear() }
}

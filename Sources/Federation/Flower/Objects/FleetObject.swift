/// One object of Flower's wire: what it is, which objects it stands on, and its own bytes.
///
/// Its bytes are `"<kind> <children, comma separated> <length of body>"`, a zero byte and the body;
/// without children there are two spaces in a row.
/// Source: flwr 1.41, `supercore/inflatable/inflatable_object.py`.
struct FleetObject: Equatable {
  enum Kind: String {
    case message = "Message"
    case records = "RecordDict"
    case arrays = "ArrayRecord"
    case array = "Array"
    case chunk = "ArrayChunk"
    case metrics = "MetricRecord"
    case configuration = "ConfigRecord"
  }

  let kind: Kind
  /// Each once, in the order in which the body counts them.
  let children: [ObjectID]
  let body: ArraySlice<UInt8>

  init(_ kind: Kind, children: [ObjectID] = [], body: some Sequence<UInt8>) {
    self.kind = kind
    self.children = children
    self.body = ArraySlice(body)
  }

  func encoded() -> [UInt8] {
    let names = children.map(\.description).joined(separator: ",")
    return Array("\(kind.rawValue) \(names) \(body.count)".utf8) + [0] + body
  }

  /// Takes bytes apart that somebody else put together.
  ///
  /// - Throws: ``FleetError/malformed(_:)`` for bytes that are no such object, and
  ///   ``FleetError/tooMuch(_:limit:)``.
  init(opening bytes: [UInt8]) throws(FleetError) {
    guard let end = bytes.firstIndex(of: 0) else { throw .malformed("an object has no head") }
    let words = bytes[..<end].split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 3, let kind = Kind(rawValue: words[0]) else {
      throw .malformed("an object is of no known kind")
    }
    var children: [ObjectID] = []
    for name in words[1].split(separator: ",", omittingEmptySubsequences: false)
    where !words[1].isEmpty {
      guard let child = ObjectID(name) else { throw .malformed("an object's part has no name") }
      children.append(child)
    }
    guard children.count <= FleetLimits.mostObjects else {
      throw .tooMuch("parts of an object", limit: FleetLimits.mostObjects)
    }
    guard Set(children).count == children.count else {
      throw .malformed("an object counts a part twice")
    }
    self.kind = kind
    self.children = children
    body = bytes[(end + 1)...]
    // As text, or "+7" and "07" would be lengths too.
    guard words[2] == String(body.count) else { throw .malformed("an object's length is another") }
    guard body.count <= FleetLimits.longestBody else {
      throw .tooMuch("bytes of an object", limit: FleetLimits.longestBody)
    }
  }
}

/// What is believed of a message from outside; more would be an attack on memory or disk.
enum FleetLimits {
  /// The body of one object; Flower cuts arrays at 5 MiB.
  static let longestBody = 5_242_880
  /// Objects in one message, each counted as often as it occurs.
  static let mostObjects = 100_000
  /// Message, records, arrays, array, chunk.
  static let deepestTree = 5
  /// Messages inside messages of protobuf; a tree is the only thing that nests.
  static let deepestProto = 10
  /// Values of one array.
  static let mostValues = 1 << 28
  /// Dimensions of one array.
  static let mostDimensions = 16
  /// The text in front of the values of an array; numpy itself reads no more.
  static let longestHeader = 10_000
  /// A name of a record, an array or a value.
  static let longestName = 256
  /// Bytes of all objects of one message, and of all its arrays: one chunk may be counted often.
  static let largestMessage = 4 << 30
  /// How many times what was sent the values may be, beyond what is free.
  static let mostRepetition = 64
  static let freeRepetition = 64 << 20

  /// Whether a text may be a name: printable ASCII, so that it can steer no terminal.
  static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
  }
}

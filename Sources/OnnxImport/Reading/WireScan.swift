/// Walks the protobuf bytes of a model without decoding them and refuses what would cost much more
/// memory than it has bytes.
///
/// Two bytes can announce a message that takes hundreds once decoded, and one byte can be a packed
/// number that takes eight. Both are counted here first; everything else takes about its own size.
/// Source: protobuf encoding guide, "Message structure".
struct WireScan {
  /// Most fields in all messages together; a DenseNet-121 of PyTorch has about 25 000.
  static let maximumFields = 1 << 19
  /// Most bytes of packed variable-length numbers; weights are not among them.
  static let maximumPackedBytes = 1 << 24

  /// A message of `onnx.proto` that has messages or packed numbers inside.
  private enum Message {
    case model, graph, node, attribute, tensor, valueInfo, type, tensorType, shape

    /// The message in a field, where it is one to look into.
    func inner(_ field: Int) -> Message? {
      switch (self, field) {
      case (.model, 7): .graph
      case (.graph, 1): .node
      case (.graph, 5), (.attribute, 5): .tensor
      case (.graph, 11), (.graph, 12): .valueInfo
      case (.node, 5): .attribute
      case (.valueInfo, 2): .type
      case (.type, 1): .tensorType
      case (.tensorType, 2): .shape
      default: nil
      }
    }

    /// Whether a field is an array of variable-length numbers.
    func isPacked(_ field: Int) -> Bool {
      switch (self, field) {
      case (.tensor, 1), (.tensor, 5), (.tensor, 7), (.attribute, 8): true
      default: false
      }
    }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var fields = 0
  private var packedBytes = 0

  /// Checks a whole model.
  ///
  /// - Throws: ``OnnxError/damaged(problem:)`` for bytes that end too early or are no protobuf,
  ///   ``OnnxError/tooLarge(what:limit:)``.
  static func check(_ bytes: [UInt8]) throws(OnnxError) {
    var scan = WireScan(bytes: bytes)
    try scan.walk(.model, to: bytes.count)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// No message contains itself, so this goes at most six deep.
  private mutating func walk(_ message: Message, to end: Int) throws(OnnxError) {
    while position < end {
      fields += 1
      guard fields <= Self.maximumFields else {
        throw .tooLarge(what: "fields", limit: Self.maximumFields)
      }
      let key = try number(before: end)
      let field = Int(clamping: key >> 3)
      switch key & 7 {
      case 0: _ = try number(before: end)
      case 1: try skip(8, before: end)
      case 5: try skip(4, before: end)
      case 2:
        let length = Int(clamping: try number(before: end))
        guard length <= end - position else { throw .damaged(problem: "it ends too early") }
        if let inner = message.inner(field) {
          try walk(inner, to: position + length)
        } else {
          if message.isPacked(field) { try count(packed: length) }
          position += length
        }
      default: throw .damaged(problem: "it holds a field of an unknown kind")
      }
    }
  }

  private mutating func count(packed length: Int) throws(OnnxError) {
    packedBytes += length
    guard packedBytes <= Self.maximumPackedBytes else {
      throw .tooLarge(what: "bytes of whole numbers", limit: Self.maximumPackedBytes)
    }
  }

  private mutating func skip(_ count: Int, before end: Int) throws(OnnxError) {
    guard count <= end - position else { throw .damaged(problem: "it ends too early") }
    position += count
  }

  /// A variable-length number: seven bits a byte, lowest first.
  private mutating func number(before end: Int) throws(OnnxError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard position < end else { throw .damaged(problem: "it ends too early") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw .damaged(problem: "a number in it has no end")
  }
}

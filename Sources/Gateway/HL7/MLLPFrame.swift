import NIOCore

/// How an HL7 v2 message is told from the next one on a connection: 0x0B, the message, 0x1C 0x0D.
///
/// Source: HL7 Transport Specification: MLLP, release 1, 2.
enum MLLPFrame {
  static let start: UInt8 = 0x0b
  static let end: [UInt8] = [0x1c, 0x0d]
  /// Most bytes of an answer.
  static let limit = 1 << 20

  /// A message as it is sent.
  static func around(_ message: some Sequence<UInt8>) -> ByteBuffer {
    ByteBuffer(bytes: [start] + message + end)
  }

  /// An answer that is longer than any answer is.
  struct TooLong: Error {}
}

/// Takes messages out of what arrives; whatever stands between two of them is skipped.
struct MLLPDecoder: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  mutating func decode(
    context: ChannelHandlerContext, buffer: inout ByteBuffer
  ) throws -> DecodingState {
    guard let message = try next(in: &buffer) else { return .needMoreData }
    context.fireChannelRead(wrapInboundOut(message))
    return .continue
  }

  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) throws -> DecodingState {
    try decode(context: context, buffer: &buffer)
  }

  /// The first whole message, which leaves the buffer with all before it.
  func next(in buffer: inout ByteBuffer) throws(MLLPFrame.TooLong) -> ByteBuffer? {
    guard buffer.readableBytes <= MLLPFrame.limit else { throw MLLPFrame.TooLong() }
    let bytes = buffer.readableBytesView
    guard let start = bytes.firstIndex(of: MLLPFrame.start) else {
      buffer.clear()
      return nil
    }
    guard let end = bytes[start...].firstRange(of: MLLPFrame.end)?.lowerBound else { return nil }
    buffer.moveReaderIndex(to: start + 1)
    let message = buffer.readSlice(length: end - start - 1)
    buffer.moveReaderIndex(forwardBy: MLLPFrame.end.count)
    return message
  }
}

import Foundation
import Glibc
import Testing

/// A DICOM peer that does what the test says, byte by byte: real ones are too polite.
///
/// It speaks the upper layer protocol as a client (PS3.8 9.3). Everything blocks, with a limit of
/// half a minute, and therefore runs on a thread of its own.
final class Peer: Sendable {
  private let descriptor: Int32

  /// Runs the body with a peer that is connected to the port of the loopback.
  static func talk<Result: Sendable>(
    to port: UInt16, _ body: @escaping @Sendable (Peer) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Swift.Result { try body(Peer(port)) })
      }
    }
  }

  /// Connects to the port of the loopback.
  init(_ port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    let status = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Closed() }
  }

  deinit { close(descriptor) }

  // MARK: Bytes

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Closed() }
      sent += count
    }
  }

  /// The next protocol data unit: its type and what follows its length.
  func receive() throws -> (type: UInt8, body: [UInt8]) {
    let head = try receive(6)
    return (head[0], try receive(head[2...5].reduce(0) { $0 << 8 | Int($1) }))
  }

  private func receive(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var part = [UInt8](repeating: 0, count: count - bytes.count)
      let received = recv(descriptor, &part, part.count, 0)
      guard received > 0 else { throw Closed() }
      bytes += part.prefix(received)
    }
    return bytes
  }

  /// Waits until the other side closes the connection; whatever else it sends is dropped.
  func waitForEnd() {
    while (try? receive(1)) != nil {}
  }

  /// The other side is gone.
  struct Closed: Error {}

  // MARK: Associations

  /// What may be sent in an association and how: PS3.8 9.3.2.2.
  struct Context {
    var sopClass = UIDs.digitalXRay
    var encodings = [UIDs.explicit]
  }

  enum Answer: Equatable {
    /// The reason for each context in order: 0 accepted, 3 and 4 kind or encoding unknown.
    case accepted([UInt8])
    /// Result, source and reason: PS3.8 9.3.4.
    case rejected(UInt8, UInt8, UInt8)
  }

  @discardableResult func associate(
    calling: String = "MODALITY", called: String = "SECONDLOOK", _ contexts: [Context] = [Context()]
  ) throws -> Answer {
    try send(Self.request(calling: calling, called: called, contexts))
    let (type, body) = try receive()
    if type == 3 { return .rejected(body[1], body[2], body[3]) }
    // After version, titles and room come items: type, room, length; contexts are type 21.
    var reasons: [UInt8] = []
    var place = 68
    while place + 4 <= body.count {
      if body[place] == 0x21 { reasons.append(body[place + 6]) }
      place += 4 + Int(body[place + 2]) << 8 + Int(body[place + 3])
    }
    return .accepted(reasons)
  }

  static func request(calling: String, called: String, _ contexts: [Context]) -> [UInt8] {
    let titles = [called, calling].map { Array($0.utf8.prefix(16)) }
      .flatMap { $0 + [UInt8](repeating: 0x20, count: 16 - $0.count) }
    var items = item(0x10, Array("1.2.840.10008.3.1.1.1".utf8))
    for (index, context) in contexts.enumerated() {
      let parts = context.encodings.flatMap { item(0x40, Array($0.utf8)) }
      let head = [UInt8(truncatingIfNeeded: 2 * index + 1), 0, 0, 0]
      items += item(0x20, head + item(0x30, Array(context.sopClass.utf8)) + parts)
    }
    items += item(0x50, item(0x51, big(16_384)) + item(0x52, Array("1.2.3".utf8)))
    return unit(1, [0, 1, 0, 0] + titles + [UInt8](repeating: 0, count: 32) + items)
  }

  // MARK: Messages

  /// Stores an object in the first context.
  ///
  /// - Returns: the status: PS3.4 B.2.3.
  func store(_ instance: String, _ dataSet: [UInt8]) throws -> UInt16 {
    try send(Self.storeRequest(instance) + Self.data(dataSet))
    return try status()
  }

  /// The status (0000,0900) of the answer to a command.
  func status() throws -> UInt16 {
    let (type, body) = try receive()
    guard type == 4 else { throw Closed() }
    let element: [UInt8] = [0, 0, 0, 9, 2, 0, 0, 0]
    let place = try #require(body.firstRange(of: element)).upperBound
    return UInt16(body[place]) | UInt16(body[place + 1]) << 8
  }

  func release() throws {
    try send(Self.unit(5, [0, 0, 0, 0]))
    _ = try receive()
  }

  /// A C-STORE-RQ, by default with an object to follow: PS3.7 9.3.1.
  static func storeRequest(_ instance: String, hasDataSet: Bool = true) -> [UInt8] {
    let elements =
      element(0x0002, text(UIDs.digitalXRay)) + element(0x0100, [1, 0]) + element(0x0110, [1, 0])
      + element(0x0700, [0, 0]) + element(0x0800, hasDataSet ? [1, 0] : [1, 1])
      + element(0x1000, text(instance))
    return value(element(0x0000, little(elements.count)) + elements, control: 3)
  }

  /// The object in fragments of 16 KiB, the last of which says so unless there is more to come.
  static func data(_ bytes: [UInt8], isWhole: Bool = true) -> [UInt8] {
    let size = 16_000
    return stride(from: 0, to: max(bytes.count, 1), by: size).flatMap { start in
      let end = min(start + size, bytes.count)
      return value(Array(bytes[start..<end]), control: isWhole && end == bytes.count ? 2 : 0)
    }
  }

  /// A P-DATA-TF with one value of the first context: PS3.8 9.3.5.
  static func value(_ bytes: [UInt8], control: UInt8) -> [UInt8] {
    unit(4, big(bytes.count + 2) + [1, control] + bytes)
  }

  static func unit(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    [type, 0] + big(body.count) + body
  }

  private static func item(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    [type, 0, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
  }

  private static func element(_ number: UInt16, _ value: [UInt8]) -> [UInt8] {
    [0, 0, UInt8(number & 0xff), UInt8(number >> 8)] + little(value.count) + value
  }

  private static func text(_ text: String) -> [UInt8] {
    Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [0])
  }

  static func big(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  private static func little(_ number: Int) -> [UInt8] { big(number).reversed() }
}

/// What the tests send and how (PS3.6 A).
enum UIDs {
  static let digitalXRay = "1.2.840.10008.5.1.4.1.1.1.1"
  static let verification = "1.2.840.10008.1.1"
  static let explicit = "1.2.840.10008.1.2.1"
  static let jpegLossless = "1.2.840.10008.1.2.4.70"
  static let mpeg2 = "1.2.840.10008.1.2.4.100"
  static let highThroughput = "1.2.840.10008.1.2.4.201"
}

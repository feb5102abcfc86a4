import Foundation
import Glibc

/// A web server that answers as the test says, byte by byte; for what no real archive would do.
///
/// It has threads of its own, so that waiting starves no other test.
public final class ScriptedServer: Sendable {
  /// One request, as far as tests care.
  public struct Request: Sendable {
    /// Path with query.
    public let target: String
    /// The lines of the header.
    public let lines: [String]
    /// What was posted.
    public let body: [UInt8]
    /// Requests with this target so far, this one counted.
    public let count: Int
  }

  /// What the server does with a connection.
  public enum Step: Sendable {
    case send([UInt8])
    /// Says nothing more and does not hang up.
    case stall
  }

  public let port: UInt16
  private let listener: Int32
  private let state: State

  /// Requests that came, in order.
  public var requests: [Request] { state.requests }
  public var url: String { "http://127.0.0.1:\(port)/dicom-web" }

  public init(_ answer: @escaping @Sendable (Request) -> [Step]) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    let state = State()
    self.state = state
    Thread.detachNewThread {
      // Closed by whoever uses it: its number would be another server's before the next look.
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { Self.serve(connection, state, answer) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    state.end()
  }

  private static func serve(
    _ connection: Int32, _ state: State, _ answer: (Request) -> [Step]
  ) {
    defer { close(connection) }
    guard let head = readHead(connection) else { return }
    let lines = head.split(separator: "\r\n").map(String.init)
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return }
    let body = readBody(connection, lines)
    for step in answer(state.note(target: String(words[1]), lines: lines, body: body)) {
      switch step {
      case .send(let bytes):
        var start = 0
        while start < bytes.count {
          let sent = bytes.withUnsafeBytes {
            send(
              connection, $0.baseAddress.map { $0 + start }, bytes.count - start,
              Int32(MSG_NOSIGNAL))
          }
          guard sent > 0 else { return }
          start += sent
        }
      case .stall: while !state.isOver { usleep(10_000) }
      }
    }
    shutdown(connection, Int32(SHUT_WR))
  }

  /// Everything up to the empty line.
  private static func readHead(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard bytes.count < 16_384, recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// As many bytes as the header announces: what is not read would reset the connection.
  private static func readBody(_ connection: Int32, _ lines: [String]) -> [UInt8] {
    let announced = lines.first { $0.lowercased().hasPrefix("content-length:") }
    let count = announced.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < count {
      let received = recv(connection, &piece, min(piece.count, count - bytes.count), 0)
      guard received > 0 else { break }
      bytes += piece.prefix(received)
    }
    return bytes
  }

  /// What threads share, under a lock.
  private final class State: @unchecked Sendable {
    // `lock` guards everything in here.
    private let lock = NSLock()
    private var noted: [Request] = []
    private var hasEnded = false

    var requests: [Request] { lock.withLock { noted } }
    var isOver: Bool { lock.withLock { hasEnded } }
    func end() { lock.withLock { hasEnded = true } }

    func note(target: String, lines: [String], body: [UInt8]) -> Request {
      lock.withLock {
        let count = noted.count { $0.target == target } + 1
        let request = Request(target: target, lines: lines, body: body, count: count)
        noted.append(request)
        return request
      }
    }
  }
}

extension [ScriptedServer.Step] {
  /// A whole answer.
  public static func answer(
    _ status: Int = 200, _ fields: String..., body: [UInt8] = []
  ) -> [ScriptedServer.Step] {
    let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.count)", "Connection: close"]
    let text = (head + fields).joined(separator: "\r\n") + "\r\n\r\n"
    return [.send([UInt8](text.utf8) + body)]
  }

  public static func json(_ text: String) -> [ScriptedServer.Step] {
    answer(200, "Content-Type: application/dicom+json", body: [UInt8](text.utf8))
  }

  /// A body of several objects.
  public static func multipart(_ objects: [[UInt8]]) -> [ScriptedServer.Step] {
    answer(
      200, #"Content-Type: multipart/related; type="application/dicom"; boundary=b"#,
      body: multipartBody(objects))
  }
}

/// The objects as parts between boundaries “b”.
public func multipartBody(_ objects: [[UInt8]]) -> [UInt8] {
  var body: [UInt8] = []
  for object in objects {
    body += [UInt8]("--b\r\nContent-Type: application/dicom\r\n\r\n".utf8)
    body += object
    body += [0x0d, 0x0a]
  }
  return body + [UInt8]("--b--\r\n".utf8)
}

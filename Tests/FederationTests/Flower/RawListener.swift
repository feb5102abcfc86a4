import Foundation
import Glibc

/// A listener that does with the bytes of each connection what the test says, with no protocol.
final class RawListener: Sendable {
  let port: UInt16
  private let listener: Int32

  /// Each connection is served on a thread of its own, and closed after it.
  init(_ serve: @escaping @Sendable (Int32) -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread {
          defer { close(connection) }
          serve(connection)
        }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Waits for the first bytes of the other side.
  static func hear(_ connection: Int32) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    _ = recv(connection, &bytes, bytes.count, 0)
  }

  /// Whether the other side was still there.
  static func say(_ text: String, to connection: Int32) -> Bool {
    send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count
  }
}

import Foundation
import Glibc

/// A connection that says what the test says, byte by byte, from any loopback address.
final class RawCaller: Sendable {
  private let connection: Int32

  init(to port: Int, from address: String = "127.0.0.1") throws {
    connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isConnected =
      Self.with(address, 0) { bind(connection, $0, $1) == 0 }
      && Self.with("127.0.0.1", UInt16(port)) { connect(connection, $0, $1) == 0 }
    guard isConnected else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(connection) }

  private static func with(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }

  /// Whether the other side was still there.
  @discardableResult
  func say(_ text: String) -> Bool { RawListener.say(text, to: connection) }

  /// Says a byte every now and then until the other side has hung up.
  func trickle() async {
    while say("x") { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// What the other side says, to the end of its first answer's head or of the connection.
  func hear() async -> String {
    await withCheckedContinuation { continuation in
      // With all of itself, so that the connection is not closed, and its number another's, meanwhile.
      Thread.detachNewThread { [self] in
        var heard: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while !String(decoding: heard, as: UTF8.self).contains("\r\n\r\n") {
          let count = recv(connection, &bytes, bytes.count, 0)
          guard count > 0 else { break }
          heard += bytes[..<count]
        }
        withExtendedLifetime(self) {}
        continuation.resume(returning: String(decoding: heard, as: UTF8.self))
      }
    }
  }
}

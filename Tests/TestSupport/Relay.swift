import Foundation
import Glibc
import Synchronization

/// A wire between a client and a server that breaks when so many bytes have passed.
public final class Relay: Sendable {
  /// Whose bytes are counted.
  public enum Side: Sendable { case client, server }

  public let port: UInt16
  private let listener: Int32
  private let count: Counter
  /// How often it broke.
  public var cuts: Int { count.cuts }

  /// Passes on what is said at a port of its own to another one of the loopback.
  ///
  /// `hearing` gets everything that is said, with the number of its connection. When that side has
  /// said `bytes`, `act` runs and the connection is closed: what the kernel still
  /// holds of a server that was killed would reach the client otherwise. Later ones are left whole,
  /// or break the same way.
  public init(
    to target: UInt16, at port: UInt16 = freePort(), after bytes: Int = .max,
    of side: Side = .server, repeatedly: Bool = false,
    _ act: @escaping @Sendable () -> Void = {},
    hearing: @escaping @Sendable (Side, Int, ArraySlice<UInt8>) -> Void = { _, _, _ in }
  ) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let listener = listener
    guard Self.with(port, { bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0 else {
      throw POSIXError(.EADDRINUSE)
    }
    self.port = port
    let count = Counter(bytes, repeatedly: repeatedly)
    self.count = count
    Thread.detachNewThread {
      var connections = 0
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        connections += 1
        Thread.detachNewThread { [connections] in
          Self.join(client, target) { speaker, bytes in
            hearing(speaker, connections, bytes)
            guard speaker == side, count.isReached(by: bytes.count) else { return true }
            act()
            return false
          }
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func join(
    _ client: Int32, _ target: UInt16,
    goesOn: @escaping @Sendable (Side, ArraySlice<UInt8>) -> Bool
  ) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let done = DispatchSemaphore(value: 0)
    if with(target, { connect(server, $0, $1) }) == 0 {
      Thread.detachNewThread {
        pass(from: client, to: server) { goesOn(.client, $0) }
        done.signal()
      }
      pass(from: server, to: client) { goesOn(.server, $0) }
      for end in [client, server] { shutdown(end, Int32(SHUT_RDWR)) }
      done.wait()
    }
    for end in [client, server] { close(end) }
  }

  private static func pass(from: Int32, to: Int32, goesOn: (ArraySlice<UInt8>) -> Bool) {
    var room = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = recv(from, &room, room.count, 0)
      guard count > 0 else { break }
      guard goesOn(room[..<count]) else {
        for end in [from, to] { shutdown(end, Int32(SHUT_RDWR)) }
        return
      }
      guard send(to, &room, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    shutdown(to, Int32(SHUT_WR))
  }

  private static func with(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Bytes until something happens, for several threads.
  private final class Counter: Sendable {
    private let bytes: Int
    private let repeatedly: Bool
    private let state: Mutex<(left: Int, cuts: Int)>

    init(_ bytes: Int, repeatedly: Bool) {
      self.bytes = bytes
      self.repeatedly = repeatedly
      state = Mutex((bytes, 0))
    }

    var cuts: Int { state.withLock { $0.cuts } }

    /// Whether these are the bytes with which the count is reached.
    func isReached(by count: Int) -> Bool {
      state.withLock { state in
        state.left -= count
        guard state.left <= 0 else { return false }
        state.left = repeatedly ? bytes : .max
        state.cuts += 1
        return true
      }
    }
  }
}

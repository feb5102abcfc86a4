import Foundation
import Glibc
import Synchronization

/// Passes on what a node and its coordinator say to each other on this machine, and counts it.
///
/// Without TLS, so that a byte of theirs is a byte that is counted; what TLS adds is the same for
/// everybody.
final class CountingRelay: Sendable {
  /// What went through so far.
  struct Traffic: Sendable {
    var up = 0
    var down = 0
    /// When the node first asked whether there is something to do.
    var askedForWork: ContinuousClock.Instant?
  }

  let port: Int
  private let listener: Int32
  private let counted = Mutex(Traffic())

  var traffic: Traffic { counted.withLock { $0 } }

  /// A relay to a port of this machine, which may open later.
  ///
  /// `isSpread` has each connection come from another address of this machine's own.
  init(to target: Int, isSpread: Bool = false) throws {
    let port = try Port.free()
    guard let listener = Port.listen(port) else {
      throw BenchError.failed(process: "relay", saying: "its port cannot be opened")
    }
    (self.port, self.listener) = (port, listener)
    // Writing to a side that hung up is the end of a connection, and not ours.
    signal(SIGPIPE, SIG_IGN)
    Thread.detachNewThread { [weak self] in
      defer { close(listener) }
      var count = 0
      while true {
        let node = accept(listener, nil, nil)
        guard node >= 0 else { return }
        count += 1
        let from = isSpread ? "127.0.\(1 + count / 250 % 250).\(1 + count % 250)" : nil
        guard let coordinator = Port.connection(to: target, from: from) else {
          close(node)
          continue
        }
        guard let relay = self else { return }
        Thread.detachNewThread { relay.carry(between: node, and: coordinator) }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private func carry(between node: Int32, and coordinator: Int32) {
    let isOver = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      Self.pass(from: node, to: coordinator) { bytes in
        self.counted.withLock {
          $0.up += bytes.count
          if $0.askedForWork == nil, bytes.firstRange(of: Array("/pull-messages".utf8)) != nil {
            $0.askedForWork = .now
          }
        }
      }
      isOver.signal()
    }
    Self.pass(from: coordinator, to: node) { bytes in
      self.counted.withLock { $0.down += bytes.count }
    }
    isOver.wait()
    close(node)
    close(coordinator)
  }

  private static func pass(
    from one: Int32, to other: Int32, count: (ArraySlice<UInt8>) -> Void
  ) {
    var room = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let length = recv(one, &room, room.count, 0)
      guard length > 0 else { break }
      count(room[..<length])
      var sent = 0
      while sent < length {
        let more = room[sent..<length].withUnsafeBytes { send(other, $0.baseAddress, $0.count, 0) }
        guard more > 0 else { break }
        sent += more
      }
      guard sent == length else { break }
    }
    shutdown(other, Int32(SHUT_WR))
  }
}

import Foundation
import Glibc

/// A system that takes HL7 v2 messages over MLLP and does with them what the test says.
///
/// It keeps what it files by MSH-10, as receivers do: the same message again is filed once. It has
/// threads of its own, so that waiting starves no other test.
public final class ScriptedInterface: Sendable {
  /// What it does with one message.
  public enum Answer: Sendable {
    /// Files it, and answers with this code.
    case file(String)
    /// Answers with this code and files nothing.
    case refuse(String)
    /// Files it, and answers with these bytes.
    case say([UInt8])
    /// Files it and hangs up.
    case hangUp
    /// Files it and breaks the connection off, as a program that is killed does.
    case reset
    /// Files it and says nothing more.
    case stall
  }

  public let port: UInt16
  private let listener: Int32
  private let state = State()

  /// Control IDs of what came, in order, and of what was filed, each once.
  public var received: [String] { state.withLock { $0.received } }
  public var filed: [String] { state.withLock { $0.filed } }

  public init(_ answer: @escaping @Sendable (_ message: String, _ count: Int) -> Answer) throws {
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
    let state = state
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
    state.withLock { $0.isOver = true }
  }

  private static func serve(
    _ connection: Int32, _ state: State, _ answer: (String, Int) -> Answer
  ) {
    defer { close(connection) }
    while let message = readMessage(connection) {
      let fields = message.split(separator: "|", omittingEmptySubsequences: false)
      let identifier = fields.count > 9 ? String(fields[9]) : ""
      let count = state.withLock { state in
        state.received.append(identifier)
        return state.received.count { $0 == identifier }
      }
      let step = answer(message, count)
      if case .refuse = step {
      } else {
        state.withLock { if !$0.filed.contains(identifier) { $0.filed.append(identifier) } }
      }
      switch step {
      case .file(let code), .refuse(let code):
        let text = "MSH|^~\\&|PEER|P|SL|S|20261127||ACK|1|P|2.5.1\rMSA|\(code)|\(identifier)\r"
        write([0x0b] + Array(text.utf8) + [0x1c, 0x0d], to: connection)
      case .say(let bytes): write(bytes, to: connection)
      case .hangUp: return
      case .reset:
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &atOnce, size)
        return
      case .stall: while !state.withLock({ $0.isOver }) { usleep(10_000) }
      }
    }
  }

  private static func readMessage(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(2).elementsEqual([0x1c, 0x0d]) {
      guard bytes.count < 1 << 20, recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    return String(decoding: bytes.dropFirst().dropLast(2), as: UTF8.self)
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) {
    _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// What threads share, under a lock.
  private final class State: @unchecked Sendable {
    struct Contents {
      var received: [String] = []
      var filed: [String] = []
      var isOver = false
    }
    // `lock` guards the contents.
    private let lock = NSLock()
    private var contents = Contents()

    func withLock<Result>(_ body: (inout Contents) -> Result) -> Result {
      lock.withLock { body(&contents) }
    }
  }
}

import Foundation
import Glibc

/// A program that is measured or that serves while others are.
///
/// Not a `Process` of Foundation, which hears of one end at a time: of two that run at once it
/// waits for the wrong one.
final class BenchTool {
  private let id: pid_t
  private let log: URL
  private let name: String
  private var leftover: UUID?
  private var status: Int32?

  /// Starts a program that is found as a shell would find it, or by its path.
  ///
  /// On a terminal it has the session to itself, as after a login, and what it says is drawn there.
  /// - Throws: ``BenchError/failed(process:saying:)`` if there is none of that name.
  init(
    _ program: String, _ arguments: [String], in folder: URL, on terminal: PseudoTerminal? = nil
  ) throws {
    name = URL(filePath: program).lastPathComponent
    log = folder.appending(path: "log-\(UUID().uuidString)")
    // Not a Python program of the same name that an environment has put before it.
    let places =
      program.hasPrefix("/") ? [program] : ["/usr/bin/", "/usr/sbin/"].map { $0 + program }
    guard let place = places.first(where: { access($0, X_OK) == 0 }) else {
      throw BenchError.failed(process: name, saying: "it is not installed")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDIN_FILENO, terminal?.path ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, terminal?.path ?? log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // Threads of Dispatch block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let session = terminal == nil ? 0 : Self.ownSession
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | session))
    let words = ([place] + arguments).map { strdup($0) } + [nil]
    let settings =
      ProcessInfo.processInfo.environment
      .merging(terminal?.environment ?? [:]) { $1 }.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var child: pid_t = 0
    guard posix_spawn(&child, place, &actions, &attributes, words, settings) == 0 else {
      throw BenchError.failed(process: name, saying: "it cannot be started")
    }
    id = child
    leftover = Leftovers.add { [child] in kill(child, SIGKILL) }
  }

  deinit { stop() }

  /// `POSIX_SPAWN_SETSID` of glibc's `spawn.h`, which Swift does not show.
  private static let ownSession: Int32 = 0x80

  /// The number the system knows it by.
  var process: Int { Int(id) }

  /// Runs one to its end.
  ///
  /// - Returns: seconds from its start to its end.
  @discardableResult
  static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> Double {
    let start = ContinuousClock.now
    let tool = try BenchTool(program, arguments, in: folder)
    let status = tool.wait()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard status == 0 else { throw tool.failure() }
    return seconds
  }

  /// Waits until something listens at a port.
  func waitUntilListening(at port: Int) throws {
    let end = ContinuousClock.now + .seconds(30)
    while !Port.isOpen(port) {
      guard isRunning, ContinuousClock.now < end else { throw failure() }
      usleep(20_000)
    }
  }

  /// Waits for its end; the status as a shell tells it.
  @discardableResult
  func wait() -> Int32 {
    while isRunning { usleep(1_000) }
    let status = status ?? 0
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  /// Waits until it ends well, and lets others work meanwhile.
  func end() async throws {
    while isRunning { try await Task.sleep(for: .milliseconds(10)) }
    guard wait() == 0 else { throw failure() }
  }

  /// Waits for its end; the largest resident memory it had, in MB.
  func waitWatchingMemory() -> Double {
    var peak = 0.0
    while isRunning {
      peak = max(peak, peakMemory(of: "\(id)"))
      usleep(20_000)
    }
    return peak
  }

  /// What it has said so far.
  var words: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Ends it, and waits until its port is free.
  func stop() {
    if let leftover { Leftovers.forget(leftover) }
    leftover = nil
    if isRunning { kill(id, SIGTERM) }
    wait()
  }

  private var isRunning: Bool {
    if status != nil { return false }
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return true }
    self.status = status
    return false
  }

  private func failure() -> BenchError {
    .failed(process: name, saying: (try? Data(contentsOf: log)).flatMap(lastLine) ?? "")
  }
}

/// Ports of this machine's own address.
enum Port {
  /// One that nobody uses at this moment.
  static func free() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw BenchError.failed(process: "bench", saying: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// A socket that listens at a port of this machine's own; nil if somebody has it.
  static func listen(_ port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port)
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
          && Glibc.listen(descriptor, SOMAXCONN) == 0
      }
    }
    guard isBound else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  static func isOpen(_ port: Int) -> Bool { connection(to: port).map { close($0) } != nil }

  /// A connection to whoever listens at a port, from an address of this machine's if one is named;
  /// nil if nobody does.
  static func connection(to port: Int, from source: String? = nil) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if let source {
      var address = loopback(0)
      address.sin_addr.s_addr = inet_addr(source)
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    var address = loopback(port)
    let isThere = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isThere else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}

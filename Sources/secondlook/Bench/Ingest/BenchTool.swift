import Foundation

/// A program that is measured or that serves while others are.
final class BenchTool {
  private let process = Process()
  private let log: URL
  private let name: String
  private var leftover: UUID?

  /// Starts a program that is found as a shell would find it, or by its path.
  ///
  /// - Throws: ``BenchError/failed(process:saying:)`` if there is none of that name.
  init(_ program: String, _ arguments: [String], in folder: URL) throws {
    name = URL(filePath: program).lastPathComponent
    log = folder.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: log)
    // Not a Python program of the same name that an environment has put before it.
    let places =
      program.hasPrefix("/") ? [program] : ["/usr/bin/", "/usr/sbin/"].map { $0 + program }
    guard let place = places.first(where: { access($0, X_OK) == 0 }) else {
      throw BenchError.failed(process: name, saying: "it is not installed")
    }
    process.executableURL = URL(filePath: place)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = process.standardOutput
    try process.run()
    leftover = Leftovers.add { [pid = process.processIdentifier] in kill(pid, SIGKILL) }
  }

  deinit { stop() }

  /// Runs one to its end.
  ///
  /// - Returns: seconds from its start to its end.
  @discardableResult
  static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> Double {
    let start = ContinuousClock.now
    let tool = try BenchTool(program, arguments, in: folder)
    tool.process.waitUntilExit()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard tool.process.terminationStatus == 0 else { throw tool.failure() }
    return seconds
  }

  /// Waits until something listens at a port.
  func waitUntilListening(at port: Int) throws {
    let end = ContinuousClock.now + .seconds(30)
    while !Port.isOpen(port) {
      guard process.isRunning, ContinuousClock.now < end else { throw failure() }
      usleep(20_000)
    }
  }

  func wait() { process.waitUntilExit() }

  /// Waits for its end; the largest resident memory it had, in MB.
  func waitWatchingMemory() -> Double {
    var peak = 0.0
    while process.isRunning {
      peak = max(peak, peakMemory(of: "\(process.processIdentifier)"))
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
    if process.isRunning { kill(process.processIdentifier, SIGTERM) }
    process.waitUntilExit()
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

  static func isOpen(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}

import Foundation

/// A process that is spoken with line by line, and ended when it is no longer needed.
final class ChildProcess {
  private let name: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let log: URL
  private var unread = Data()
  private var leftover: UUID?

  /// Starts it; what it says on standard error goes to a file of its own in the folder.
  init(_ name: String, _ program: URL, _ arguments: [String], in folder: BenchFolder) throws {
    self.name = name
    log = folder.file("log-\(UUID().uuidString)")
    try Data().write(to: log)
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: log)
    // What it compiles is kept with the environment, not in the folder for temporary files.
    process.environment = ProcessInfo.processInfo.environment.merging([
      "TORCHINDUCTOR_CACHE_DIR": PeerEnvironment.folder().appending(path: "compiled").path,
      "TORCHINDUCTOR_COMPILE_THREADS": "1",
    ]) { old, _ in old }
    // Writing to a process that is gone is an error to be told, not our end.
    signal(SIGPIPE, SIG_IGN)
    try process.run()
    leftover = Leftovers.add { [pid = process.processIdentifier] in kill(pid, SIGKILL) }
  }

  deinit { end() }

  func write(_ line: Data) throws {
    do {
      try input.fileHandleForWriting.write(contentsOf: line + Data("\n".utf8))
    } catch {
      throw failure()
    }
  }

  /// The next line it says; waits for it.
  ///
  /// - Throws: ``BenchError/failed(process:saying:)`` if there is none.
  func readLine() throws -> Data {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[unread.index(after: end)...]) }
        return unread[..<end]
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw failure() }
      unread += more
    }
  }

  var isRunning: Bool { process.isRunning }

  func end() {
    // First, lest a later process of that number be stopped in its place.
    if let leftover { Leftovers.forget(leftover) }
    leftover = nil
    try? input.fileHandleForWriting.close()
    // Not terminate(): a child inherits that we ignore it. None has anything to save.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private func failure() -> BenchError {
    .failed(process: name, saying: (try? Data(contentsOf: log)).flatMap(lastLine) ?? "")
  }
}

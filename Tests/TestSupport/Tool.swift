public import Foundation
import Glibc

/// A command that is waited for where it starves no test.
///
/// `Process` of Foundation hears of an end through a socket, which a daemon that the command
/// leaves behind holds open, and which many at once now and then miss: the test would wait for
/// ever. Here a thread of its own asks the kernel, and there is a limit.
public struct Tool: Sendable {
  private let executable: URL
  private let arguments: [String]
  private let environment: [String: String]

  /// A command with the words after its name and with nothing in its environment but what is said.
  public init(
    executable: URL, arguments: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// Runs to the end; both outputs go to a file, and there is no input.
  ///
  /// - Returns: the status as a shell tells it: 128 and more for a signal, which is 9 when the
  ///   time was over.
  public func run(writingTo output: URL, within limit: Duration) async throws -> Int32 {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { Self.end(of: try start(output), within: limit) })
      }
    }
  }

  func start(_ output: URL, inOwnGroup: Bool = false) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, output.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // What other tests have open is none of its business; one that is not open does no harm. Two
    // hundred sites in one test have a thousand and more.
    for descriptor: Int32 in 3..<4096 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    // Threads of Dispatch block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let group = inOwnGroup ? Int32(POSIX_SPAWN_SETPGROUP) : 0
    posix_spawnattr_setflags(&attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | group))

    let words = Self.strings([executable.path] + arguments)
    let settings = Self.strings(environment.map { "\($0)=\($1)" })
    defer { for word in words + settings { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, executable.path, &actions, &attributes, words, settings)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    return child
  }

  /// As C wants them: with nothing at the end.
  private static func strings(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
    words.map { strdup($0) } + [nil]
  }

  private static func end(of child: pid_t, within limit: Duration) -> Int32 {
    let deadline = ContinuousClock.now + limit
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) != child {
      if ContinuousClock.now > deadline { kill(child, SIGKILL) }
      usleep(2_000)
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }
}

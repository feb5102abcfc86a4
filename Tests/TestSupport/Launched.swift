public import Foundation
import Glibc

/// A command that runs beside a test until it is stopped, with all that it starts.
///
/// Nothing here blocks the threads that all tests share.
public struct Launched: Sendable {
  /// The process, which leads a group of its own.
  public let process: pid_t
  /// Where both its outputs go.
  public let log: URL

  /// What it has said so far.
  public var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Waits until the output has the pattern, and answers what was found.
  ///
  /// - Throws: ``Silence`` if it ended or the time was over before.
  public func says<Found>(
    _ pattern: Regex<Found>, within limit: Duration = .seconds(30)
  ) async throws -> Found {
    let deadline = ContinuousClock.now + limit
    while true {
      // First whether it runs: what it said as its last word counts.
      let isRunning = !hasEnded
      if let found = try pattern.firstMatch(in: output) { return found.output }
      guard isRunning, ContinuousClock.now < deadline else { throw Silence(output: output) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Whether it is over; it is waited for by ``end(within:)`` all the same.
  private var hasEnded: Bool {
    var word = siginfo_t()
    return waitid(P_PID, id_t(process), &word, WEXITED | WNOHANG | WNOWAIT) != 0
      || word.si_signo == SIGCHLD
  }

  /// Sends a signal to the process, or to its whole group.
  public func signal(_ number: Int32, toGroup: Bool = false) {
    kill(toGroup ? -process : process, number)
  }

  /// Waits for the end, by force when the time is over.
  ///
  /// What was killed has to be waited for too: swift-testing, which waits for any child of this
  /// process, would find a dead one that nobody takes again and again, and never its own.
  /// - Returns: the status as a shell tells it: 128 and more for a signal.
  public func end(within limit: Duration = .seconds(30)) async -> Int32 {
    let deadline = ContinuousClock.now + limit
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      if ContinuousClock.now > deadline { signal(SIGKILL, toGroup: true) }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  /// What was waited for was not said.
  public struct Silence: Error, CustomStringConvertible {
    private let output: String
    public init(output: String) { self.output = output }
    public var description: String { "It only said: \(output)" }
  }
}

extension Tool {
  /// Starts the command and leaves it running; the test has to end it.
  public func launch(writingTo log: URL) throws -> Launched {
    Launched(process: try start(log, inOwnGroup: true), log: log)
  }
}

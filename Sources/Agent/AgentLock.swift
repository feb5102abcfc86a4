public import Foundation
import Store

/// Held by the agent of a store for as long as it runs: two would disturb each other.
///
/// The kernel lets go of it however the agent ends, or a moment later.
public final class AgentLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``AgentError/agentRuns(pid:)`` if another one holds it; ``AgentError/notWritten``
  ///   if its file cannot be made.
  public init(home: URL) throws(AgentError) {
    let path = Self.file(home).path
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
    let deadline = ContinuousClock.now + Self.patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let pid = Self.holder(home: home)
      guard let pid, Self.isGone(pid), ContinuousClock.now < deadline else {
        close(descriptor)
        throw .agentRuns(pid: pid)
      }
      usleep(10_000)
    }
    let words = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, words, words.count, 0) == words.count
    else {
      close(descriptor)
      throw .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit {
    // Closing alone leaves it with a program that is just being started beside us.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// A program that an agent was just starting when it was killed holds its lock until it has
  /// started, and whoever asks whether there is an agent holds it while he asks.
  private static let patience = Duration.seconds(5)

  private static func isGone(_ process: Int) -> Bool {
    kill(pid_t(truncatingIfNeeded: process), 0) != 0 && errno == ESRCH
  }

  /// Whether an agent of this store runs at this moment.
  public static func isHeld(home: URL) -> Bool {
    let descriptor = open(file(home).path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// Who holds it, as far as that can be read.
  public static func holder(home: URL) -> Int? {
    (try? String(contentsOf: file(home), encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// When the one that holds it took it; none if nobody does.
  public static func since(home: URL) -> Date? {
    guard isHeld(home: home) else { return nil }
    return try? file(home).resourceValues(forKeys: [.contentModificationDateKey])
      .contentModificationDate
  }

  private static func file(_ home: URL) -> URL { home.appending(path: "agent.lock") }
}

import Foundation
import Glibc

/// A program with one file as its input and its output read by us, with limits.
///
/// The process is killed and collected when this goes out of scope, however that happens.
struct ChildProcess: ~Copyable {
  /// How a program ended.
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It had nothing more to say and did not go.
    case stayed
  }

  private let id: pid_t
  private let output: Int32
  private var status: Int32?

  /// Nothing of our own environment concerns the program; it gets what is given.
  init(
    _ program: URL, arguments: [String], environment: [String] = [], input: URL
  ) throws(ImagingError) {
    let file = open(input.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unreadableFile }
    defer { close(file) }
    let ends = Self.connection()
    guard ends[0] >= 0 else { throw .unreadableFile }
    defer { close(ends[1]) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)

    // A ^C on our terminal is for us: the image would look as if it had broken its decoder.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

    let words = ([program.path] + arguments).map { strdup($0) } + [nil]
    let settings = environment.map { strdup($0) } + [nil]
    defer { for word in words + settings { free(word) } }
    var child: pid_t = 0
    var status = ETXTBSY
    // A program that is just being installed is busy for a moment: a fork somewhere else may still
    // hold it open for writing.
    for attempt in 0..<50 where status == ETXTBSY {
      if attempt > 0 { usleep(20_000) }
      status = posix_spawn(&child, program.path, &actions, &attributes, words, settings)
    }
    guard status == 0 else {
      close(ends[0])
      throw .decoderMissing
    }
    id = child
    output = ends[0]
    self.status = nil
  }

  deinit {
    close(output)
    guard status == nil else { return }
    kill(id, SIGKILL)
    waitpid(id, nil, 0)
  }

  /// Two ends of a connection that no program started meanwhile inherits; -1 if there is none.
  ///
  /// Any other child of this process that got the writing end, a receiver that runs for days for
  /// example, would keep it open, and the end of our program would never be seen. A pipe is closed
  /// to others by a second call only (Swift has no `pipe2`), and one may start between the two.
  static func connection() -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
    return socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 ? ends : [-1, -1]
  }

  /// Everything the program writes until it ends.
  ///
  /// - Throws: ``ImagingError/decoderTookTooLong(seconds:)`` when time is up and
  ///   ``ImagingError/decoderFailed`` when it writes more than `limit` bytes.
  func readOutput(limit: Int, within time: Duration) throws(ImagingError) -> [UInt8] {
    let end = ContinuousClock.now + time
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
      var wanted = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = left > 0 ? poll(&wanted, 1, Int32(min(left.rounded(.up), 60_000))) : 0
      if ready < 0, errno == EINTR { continue }
      guard ready >= 0 else { throw .decoderFailed }
      guard ready > 0 else {
        if left > 0 { continue }
        throw .decoderTookTooLong(seconds: Int(time.components.seconds))
      }
      let count = read(output, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, bytes.count + count <= limit else { throw .decoderFailed }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Waits for the end of a program that has closed its output.
  ///
  /// One that stays although it has nothing more to say is killed after five seconds.
  consuming func wait() -> Ending {
    var status: Int32 = 0
    for _ in 0..<5_000 {
      let ended = waitpid(id, &status, WNOHANG)
      if ended == 0 || ended < 0 && errno == EINTR {
        usleep(1_000)
        continue
      }
      self.status = status
      let signal = status & 0x7f
      guard ended == id else { return .stayed }
      return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
    return .stayed
  }
}

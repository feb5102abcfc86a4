import Foundation
import Glibc

/// A terminal without a screen: a program draws in it as it would over ssh.
///
/// What is measured is what the program does; a real terminal takes its own time to show it.
final class PseudoTerminal {
  /// The end the program opens.
  let path: String
  private let descriptor: Int32

  init(columns: Int, rows: Int) throws {
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: CInt = 0
    var number: CUnsignedInt = 0
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &isLocked) == 0,
      ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw BenchError.failed(process: "bench", saying: "no terminal is free") }
    path = "/dev/pts/\(number)"
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
  }

  deinit { close(descriptor) }

  /// `TIOCSPTLCK` and `TIOCGPTN` of ioctl_tty(2); Swift shows neither these nor `posix_openpt`.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  /// What a program is told about it.
  var environment: [String: String] {
    ["TERM": "xterm-256color", "COLORTERM": "", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
  }

  /// What a program drew: how much, and when the last of it came.
  struct Drawing {
    var bytes = 0
    var last: ContinuousClock.Instant?
    var text = ""
  }

  /// What a program drew for a key: how long until the last of it, and how much.
  typealias Answer = (milliseconds: Double, bytes: Int)

  /// Presses keys and takes what the program draws, until it has been silent for a while.
  ///
  /// - Returns: milliseconds from the first key to the last byte, and bytes; none if it drew
  ///   nothing, which is no answer and so no time.
  @discardableResult
  func press(
    _ keys: String, quiet: Duration = .milliseconds(25)
  ) -> Answer? {
    let start = ContinuousClock.now
    _ = write(descriptor, keys, keys.utf8.count)
    let drawing = drawn(quiet: quiet, from: start)
    return drawing.last.map { (($0 - start) / .milliseconds(1), drawing.bytes) }
  }

  /// Takes what the program draws until some words have come.
  ///
  /// - Returns: when they had.
  /// - Throws: ``BenchError/failed(process:saying:)`` if they do not come in so long.
  func wait(for words: String, within limit: Duration = .seconds(60)) throws
    -> ContinuousClock.Instant
  {
    let end = ContinuousClock.now + limit
    var drawing = Drawing()
    while ContinuousClock.now < end {
      if take(&drawing, within: .milliseconds(20)), drawing.text.contains(words),
        let last = drawing.last
      {
        return last
      }
    }
    throw BenchError.failed(process: "bench", saying: "“\(words)” was not drawn")
  }

  /// Takes what the program draws until it has been silent for a while.
  @discardableResult
  func drawn(quiet: Duration, from start: ContinuousClock.Instant = .now) -> Drawing {
    var drawing = Drawing()
    while take(&drawing, within: quiet) || drawing.last == nil && .now - start < .milliseconds(500)
    {}
    return drawing
  }

  /// Takes what comes next; whether anything did in so long.
  private func take(_ drawing: inout Drawing, within limit: Duration) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, Int32(limit / .milliseconds(1))) > 0 else { return false }
    var room = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &room, room.count)
    guard count > 0 else { return false }
    drawing.bytes += count
    drawing.last = .now
    drawing.text += String(decoding: room[..<count], as: UTF8.self)
    return true
  }
}

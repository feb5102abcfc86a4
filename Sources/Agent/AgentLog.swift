public import Foundation
public import Radiology
import Synchronization

/// What the agent says while it works, kept beside the store for the log screen.
///
/// The federation's node, a process of its own, writes into the same file: whoever writes holds it
/// for that long, and counts on from the last line.
/// One JSON object a line; with ``largest`` bytes the file becomes `agent.log.1` in place of the
/// one before, so that no agent ever fills a disk. Its sentences carry no patient data.
public final class AgentLog: Sendable {
  /// Bytes of one file.
  static let largest = 1 << 20

  private let file: URL
  private let turn = Mutex(())

  public init(home: URL) { file = home.appending(path: "agent.log") }

  private struct Line: Codable {
    let number: Int
    let at: Date
    let level: LogEntry.Level
    let actor: String
    let text: String
  }

  /// Adds a line; one that cannot be written is lost, for the log must never stop the work.
  func append(_ level: LogEntry.Level, actor: String, text: String, at date: Date = Date()) {
    turn.withLock { _ in
      let descriptor = open(file.path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      guard flock(descriptor, LOCK_EX) == 0 else { return }
      let number = (Self.lastNumber(in: descriptor) ?? Self.lines(of: file).last?.number ?? 0) + 1
      let line = Line(number: number, at: date, level: level, actor: actor, text: text)
      guard var bytes = try? JSONEncoder().encode(line) else { return }
      bytes.append(UInt8(ascii: "\n"))
      _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      // With the last line in it, so that the next file begins where this one ended.
      let size = lseek(descriptor, 0, SEEK_END)
      if size > Self.largest { rename(file.path, Self.older(file).path) }
    }
  }

  /// The number of the last line, if a whole one is near the end.
  private static func lastNumber(in descriptor: Int32) -> Int? {
    let size = lseek(descriptor, 0, SEEK_END)
    var end = [UInt8](repeating: 0, count: 8192)
    let count = end.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, $0.count, max(0, size - off_t($0.count)))
    }
    guard count > 0 else { return nil }
    return end[..<count].split(separator: UInt8(ascii: "\n")).last
      .flatMap { try? JSONDecoder().decode(Line.self, from: Data($0)) }?.number
  }

  /// A piece of the log, in the order of the numbers.
  public static func entries(_ query: LogQuery, home: URL) -> [LogEntry] {
    let all = lines(of: home.appending(path: "agent.log")).map { line in
      LogEntry(
        source: .agent, number: line.number, at: line.at, level: line.level, actor: line.actor,
        kind: "agent", text: line.text)
    }
    let shown = all.filter(query.filter.shows)
    return switch query.part {
    case .newest: shown.suffix(query.limit)
    case .oldest: Array(shown.prefix(query.limit))
    case .older(let place): shown.filter { $0.number < place.agent }.suffix(query.limit)
    case .newer(let place):
      Array(shown.filter { $0.number > place.agent }.prefix(query.limit))
    }
  }

  /// The number of the newest line; 0 where there is none.
  public static func lastNumber(home: URL) -> Int {
    lines(of: home.appending(path: "agent.log")).last?.number ?? 0
  }

  private static func older(_ file: URL) -> URL { file.appendingPathExtension("1") }

  /// All that is kept, the oldest first; a line that was cut off is left out.
  private static func lines(of file: URL) -> [Line] {
    let decoder = JSONDecoder()
    return [older(file), file].flatMap { file -> [Line] in
      guard let bytes = try? Data(contentsOf: file) else { return [] }
      return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
        try? decoder.decode(Line.self, from: $0)
      }
    }
  }
}

import Foundation
import Radiology

/// Names one run of one program on one machine, so that others can see whether it still runs.
struct ProcessMark: Equatable {
  /// As it is stored: start of the machine, process and start of the process.
  let text: String

  /// This run.
  static let own = ProcessMark(
    text: words(getpid()) ?? "\(Uptime.now.boot) \(getpid()) unknown")

  /// Whether that run has not ended; after a restart of the machine none has.
  ///
  /// A number that another process has got meanwhile is told apart by when it was started.
  var isRunning: Bool {
    let parts = text.split(separator: " ")
    guard parts.count == 3, parts[0] == Uptime.now.boot, let process = pid_t(parts[1]) else {
      return false
    }
    return Self.words(process) == text
  }

  /// Source: proc(5), `/proc/PID/stat`, fields 3 (state) and 22 (start, in ticks since the machine's).
  private static func words(_ process: pid_t) -> String? {
    guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The program's name is in parentheses and may have anything in it.
      let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return "\(Uptime.now.boot) \(process) \(fields[19])"
  }
}

extension ProcessMark {
  /// The run of the program that ``Store/session`` is part of.
  init(session: String) {
    self.init(text: session.split(separator: " ").dropLast().joined(separator: " "))
  }
}

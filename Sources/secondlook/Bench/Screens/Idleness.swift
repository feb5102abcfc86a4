import Foundation

/// What the kernel has counted of a process so far.
struct Idleness {
  /// How often each thread was given the processor, by its number.
  private let switches: [String: Int]
  /// Hundredths of a second it has computed.
  private let ticks: Int
  /// Resident memory, in MB.
  let memory: Double

  /// Source: proc(5), `/proc/pid/task/tid/status` and `/proc/pid/stat`.
  init(of process: Int) {
    let folder = "/proc/\(process)"
    func text(_ name: String) -> String {
      (try? String(contentsOfFile: folder + name, encoding: .utf8)) ?? ""
    }
    func sum(_ text: String, _ key: String) -> Int {
      text.split(separator: "\n").filter { $0.contains(key) }
        .compactMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
        .reduce(0) { $0 + (Int($1) ?? 0) }
    }
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/task")) ?? []
    switches = threads.reduce(into: [:]) {
      $0[$1] = sum(text("/task/\($1)/status"), "ctxt_switches")
    }
    memory = Double(sum(text("/status"), "VmRSS:")) / 1024
    // The name in parentheses may have spaces; utime and stime are the 12th and 13th after it.
    let fields = text("/stat").split(separator: ")").last?.split(separator: " ") ?? []
    ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }

  /// What a process does while nobody wants anything of it: wake-ups a second and percent of one
  /// processor.
  static func watch(_ process: Int, seconds: Int) -> (wakeUps: Double, load: Double) {
    // Threads that were needed before go by themselves after some seconds.
    sleep(8)
    let before = Self(of: process)
    sleep(UInt32(seconds))
    let after = Self(of: process)
    let wakeUps = after.switches.reduce(0) { $0 + $1.value - (before.switches[$1.key] ?? 0) }
    return (
      Double(wakeUps) / Double(seconds), Double(after.ticks - before.ticks) / Double(seconds)
    )
  }
}

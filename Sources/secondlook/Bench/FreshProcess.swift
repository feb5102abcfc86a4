import Foundation
import Reporting

/// A process made only to be measured: how long until its first result, how much memory in the end.
struct FreshProcess {
  let name: String
  let program: URL
  let arguments: [String]

  /// This program, inferring or (with a batch) training what lies in the folder.
  static func ours(
    _ folder: BenchFolder, batch: Int? = nil, threads: Int, runs: Int
  ) throws -> Self {
    guard let program = Assets.runningExecutable else {
      throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
    }
    return Self(
      name: ours, program: program,
      arguments: FirstResult.arguments(folder, threads: threads, runs: runs, batch: batch))
  }

  static let ours = "ours"

  /// A peer alone in a Python process.
  static func peer(
    _ name: String, _ environment: PeerEnvironment, _ folder: BenchFolder, threads: Int, runs: Int
  ) -> Self {
    Self(
      name: name, program: environment.python,
      arguments: [environment.script.path, "first", name, folder.url.path] + [
        "\(threads)", "\(runs)",
      ])
  }

  /// Starts it and waits for its end.
  ///
  /// - Returns: milliseconds from its start to its first result, and its largest resident memory
  ///   in MB.
  func measure(in folder: BenchFolder) throws -> (first: Double, memory: Double) {
    let start = ContinuousClock.now
    let process = try ChildProcess(name, program, arguments, in: folder)
    _ = try process.readLine()
    let first = (ContinuousClock.now - start) / .milliseconds(1)
    let last = String(decoding: try process.readLine(), as: UTF8.self)
    guard let memory = Double(last) else { throw BenchError.failed(process: name, saying: last) }
    return (first, memory)
  }

  /// One row from each of the processes in turn; the first is ours.
  static func row(
    _ what: String, _ network: BenchNetwork, batch: Int, _ processes: [Self], rounds: Int,
    in folder: BenchFolder
  ) throws -> BenchRow {
    var times: [String: Times] = [:]
    var memories: [String: Double] = [:]
    for _ in 0..<rounds {
      for process in processes {
        let (first, memory) = try process.measure(in: folder)
        times[process.name, default: Times()].add([first])
        memories[process.name] = max(memories[process.name] ?? 0, memory)
      }
    }
    var row = BenchRow(
      what: what, network: network, batch: batch, ours: times.removeValue(forKey: ours) ?? Times())
    row.memory = memories.removeValue(forKey: ours)
    row.peers = times
    row.peerMemory = memories
    return row
  }
}

/// Largest resident memory of a process in MB; 0 if it is gone.
///
/// Not `ru_maxrss`, which begins with what the parent had when it forked.
func peakMemory(of process: String = "self") -> Double {
  let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
    .flatMap { Double($0) }.map { $0 / 1024 } ?? 0
}

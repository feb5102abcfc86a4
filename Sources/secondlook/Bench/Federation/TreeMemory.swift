import Foundation
import Glibc
import Synchronization

/// The memory of a process and of all it started, watched until somebody asks for the most.
///
/// Resident pages, each once: one that several processes share counts in parts.
final class TreeMemory: Sendable {
  private let most = Mutex(0.0)
  private let isWatching = Mutex(true)

  init(of process: Int) {
    Thread.detachNewThread { [weak self] in
      var tree: Set<Int> = []
      var looked = ContinuousClock.now - .seconds(1)
      while let self, self.isWatching.withLock({ $0 }) {
        // To look through all processes takes longer than to look at these few.
        if .now - looked > .milliseconds(200) { (tree, looked) = (Self.tree(of: process), .now) }
        let now = tree.reduce(0) { $0 + Self.share(of: $1) }
        self.most.withLock { $0 = max($0, now) }
        usleep(10_000)
      }
    }
  }

  /// The most it has been, in MB.
  func end() -> Double {
    isWatching.withLock { $0 = false }
    return most.withLock { $0 }
  }

  /// A process and all that it started, and what they did.
  static func tree(of process: Int) -> Set<Int> {
    let parents = parents()
    var (tree, added) = (Set([process]), true)
    while added {
      let more = parents.filter { tree.contains($0.value) && !tree.contains($0.key) }.keys
      tree.formUnion(more)
      added = !more.isEmpty
    }
    return tree
  }

  private static func parents() -> [Int: Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var parents: [Int: Int] = [:]
    for process in names.compactMap({ Int($0) }) {
      // After the name, which may have spaces and brackets in it: the state, then the parent.
      guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = line.lastIndex(of: ")")
      else { continue }
      let words = line[line.index(after: end)...].split(separator: " ")
      if words.count > 1 { parents[process] = Int(words[1]) }
    }
    return parents
  }

  private static func share(of process: Int) -> Double {
    let words =
      (try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)) ?? ""
    let line = words.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
      .flatMap { Double($0) }.map { $0 / 1024 } ?? 0
  }
}

extension BenchTool {
  /// Ends it and all that it started: Flower's programs leave theirs behind.
  func stopTree() {
    let others = TreeMemory.tree(of: process).subtracting([process])
    stop()
    for id in others { kill(pid_t(id), SIGKILL) }
  }
}

import Foundation
import Reporting

/// Processes that keep the processors busy until they are ended; they end with this one, too.
///
/// They have the usual priority. None spins for longer than ``longest``, so every round of a race
/// gets new ones.
struct Neighbours {
  private let processes: [ChildProcess]

  init(_ count: Int, in folder: BenchFolder) throws {
    guard let program = Assets.runningExecutable else {
      throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
    }
    processes = try (0..<count).map { _ in
      try ChildProcess("A neighbour", program, ["bench", "spin"], in: folder)
    }
    // Each says a line when it spins.
    for process in processes { _ = try process.readLine() }
  }

  /// Ends them.
  ///
  /// - Throws: ``BenchError/failed(process:saying:)`` if one had ended before: whoever was measured
  ///   was alone then.
  func end() throws {
    let lasted = processes.allSatisfy(\.isRunning)
    for process in processes { process.end() }
    guard lasted else {
      throw BenchError.failed(
        process: "A neighbour", saying: "it ended before the round did; choose a smaller --batch")
    }
  }

  /// Longest time that one spins, whatever happens.
  static let longest = Duration.seconds(600)

  /// What a neighbour does: nothing useful, until its parent is gone.
  static func spin() {
    let parent = getppid()
    let end = ContinuousClock.now + longest
    print("spinning")
    fflush(nil)
    while getppid() == parent, ContinuousClock.now < end {}
  }
}

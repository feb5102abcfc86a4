import Foundation
import Reporting

/// Processes that keep the processors busy until the object goes; they end with this one, too.
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

  func end() { for process in processes { process.end() } }

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

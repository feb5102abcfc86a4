import Engine
import Foundation

/// The part of a process that `bench` starts to measure: it says when it has its first result, and
/// in the end how much memory it had.
///
/// It begins before the command line is understood: beside it stand scripts that have none.
struct FirstResult {
  private let folder: BenchFolder
  private let threads: Int
  private let runs: Int
  /// Images of a step; it infers where nil.
  private let batch: Int?

  /// Arguments that make a process one of these.
  static func arguments(_ folder: BenchFolder, threads: Int, runs: Int, batch: Int?) -> [String] {
    [word, folder.url.path, "\(threads)", "\(runs)"] + (batch.map { ["\($0)"] } ?? [])
  }

  private static let word = "bench-first"

  /// None for any other process.
  init?(_ arguments: [String]) {
    let numbers = arguments.dropFirst(3).map { Int($0) ?? 0 }
    guard arguments.count > 1, arguments[1] == Self.word, (2...3).contains(numbers.count),
      numbers.allSatisfy({ $0 > 0 })
    else { return nil }
    folder = BenchFolder(at: URL(filePath: arguments[2], directoryHint: .isDirectory))
    threads = numbers[0]
    runs = numbers[1]
    batch = numbers.count > 2 ? numbers[2] : nil
  }

  func run() throws {
    let network = try folder.network()
    let images = try folder.images()
    let once: () throws -> Void
    if let batch {
      let plan = TrainingPlan(optimizer: .sgd, batch: batch, threads: threads)
      let training = try plan.training(network, folder.parameters())
      once = { try plan.step(training, images) }
    } else {
      let inference = try Inference(network, folder.parameters(), threads: threads)
      once = { _ = try inference.run(images) }
    }
    try once()
    print("first")
    fflush(nil)
    for _ in 1..<max(runs, 2) { try once() }
    print(peakMemory())
  }
}

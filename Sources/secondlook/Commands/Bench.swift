import ArgumentParser
import Engine
import Foundation
import Phantom
import Triage

struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the triage network: milliseconds per image and images per second.",
    discussion: """
      Medians over repeated runs, one and two threads in turn, so that both see the same machine.
      """)

  @Flag(help: "Print JSON.") var json = false
  @Option(help: "Repetitions.") var repetitions = 15

  private struct Row: Encodable {
    let what: String
    let batch: Int
    let threads: Int
    let milliseconds: Double
    let imagesPerSecond: Double
  }

  func run() async throws {
    let network = try Network.chest()
    let parameters = network.freshParameters(seed: 1)
    var rows: [Row] = []
    for (batch, isTraining) in [(1, false), (16, false), (16, true)] {
      let images = [Float](repeating: 0.25, count: batch * network.input.count)
      for threads in [1, 2] {
        let milliseconds: Double
        if isTraining {
          let training = try Training(
            network, parameters, batch: batch, optimizer: .adamW(),
            options: Training.Options(threads: threads))
          milliseconds = try median {
            _ = try training.step(
              images,
              { output in (0, output.map { $0 * 1e-3 }) }, learningRate: 1e-4)
          }
        } else {
          let inference = try Inference(network, parameters, batch: batch, threads: threads)
          milliseconds = try median { _ = try inference.run(images) }
        }
        rows.append(
          Row(
            what: isTraining ? "train" : "infer", batch: batch, threads: threads,
            milliseconds: milliseconds, imagesPerSecond: Double(batch) * 1000 / milliseconds))
      }
    }
    if json { return try sayJSON(rows) }
    let gigaflop = Double(network.floatingPointOperations) / 1e9
    say(String(format: "chest network, %.3f GFLOP an image forward", gigaflop))
    say(
      table(
        ["what", "batch", "threads", "ms", "images/s"],
        rows.map {
          [
            $0.what, "\($0.batch)", "\($0.threads)", String(format: "%.2f", $0.milliseconds),
            String(format: "%.0f", $0.imagesPerSecond),
          ]
        }))
  }

  private func median(_ work: () throws -> Void) throws -> Double {
    try work()
    var times: [Double] = []
    for _ in 0..<max(1, repetitions) {
      let start = ContinuousClock.now
      try work()
      times.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    return times.sorted()[times.count / 2]
  }
}

import ArgumentParser
import Foundation

struct BenchInfer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Inference, from the first image of a new process on.")

  @OptionGroup var options: BenchOptions
  @Flag(help: "Measure work on 8-bit integers; PyTorch is left out then.") var int8 = false
  @Option(help: ArgumentHelp("Images of a run.", valueName: "n")) var batch = 1
  @Option(help: ArgumentHelp("Turns of each.", valueName: "n")) var rounds = 20

  func validate() throws {
    guard (1...256).contains(batch), (1...1000).contains(rounds) else {
      throw ValidationError("--batch is from 1 to 256 and --rounds from 1 to 1000.")
    }
  }

  func run() throws {
    let environment = try options.environment()
    let load = machineLoad()
    let progress = ProgressLine()
    defer { progress.clear() }
    var rows: [BenchRow] = []
    var best = 0.0
    for network in options.network {
      let (more, peak) = try InferBench(
        network: network, batch: batch, threads: options.threads, rounds: rounds,
        onBytes: int8, environment: environment, progress: progress
      ).measure()
      rows += more
      best = max(best, peak)
    }
    progress.clear()
    try options.say(rows, peak: best, load: load, "Inference")
  }
}

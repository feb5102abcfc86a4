import ArgumentParser
import Foundation

struct BenchTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Training: alone, beside two busy neighbours, and what a screen notices of it.")

  @OptionGroup var options: BenchOptions
  @Option(help: ArgumentHelp("Images of a step; may be repeated.", valueName: "n"))
  var batch = [16]
  @Option(help: ArgumentHelp("Turns of each.", valueName: "n")) var rounds = 8
  @Option(help: ArgumentHelp("sgd (momentum 0.9) or adamw.", valueName: "name"))
  var optimizer = TrainingPlan.Method.sgd

  func validate() throws {
    guard batch.allSatisfy((1...256).contains), (1...1000).contains(rounds) else {
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
      for batch in batch {
        let bench = TrainBench(
          network: network,
          plan: TrainingPlan(optimizer: optimizer, batch: batch, threads: options.threads),
          rounds: rounds, environment: environment, progress: progress)
        let (more, peak) = try bench.measure()
        rows += more
        rows.append(try bench.start())
        rows += try bench.manners()
        best = max(best, peak)
      }
    }
    progress.clear()
    try options.say(rows, peak: best, load: load, "Training")
  }
}

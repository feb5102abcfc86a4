import ArgumentParser
import Engine
import Foundation

struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measures engine, ingestion, delivery and federation, alone or beside what one would use instead.",
    discussion: """
      Without a subcommand the network that ships is measured, in a few seconds. The networks of \
      the others are S, M (residual, 1 x 256 x 256 and 1 x 512 x 512), R18 (ResNet-18) and chest \
      (the one that ships).

      With --peers PyTorch, ONNX Runtime and OpenVINO compute the same with the same weights, in \
      turn with ours; where they train, they do at the low priority at which ours does. They are \
      installed into $XDG_CACHE_HOME/secondlook/peers (1.3 GB), after asking. Results are compared \
      first; where they differ there is no ratio.

      Times are medians with the 10th and 90th percentile. Compare what one run says, not two runs.
      """,
    subcommands: [
      BenchGlance.self, BenchInfer.self, BenchTrain.self, BenchIngest.self, BenchDeliver.self,
      BenchFederation.self, BenchScreens.self, BenchSpin.self, BenchNode.self,
    ],
    defaultSubcommand: BenchGlance.self)
}

/// What all measurements may be told.
struct BenchOptions: ParsableArguments {
  @Flag(help: "Measure PyTorch, ONNX Runtime and OpenVINO in turn with ours.") var peers = false
  @Flag(help: "Print JSON.") var json = false
  @Option(
    help: ArgumentHelp("S, M, R18 or chest; may be repeated.", valueName: "name"))
  var network: [BenchNetwork] = BenchNetwork.allCases
  @Option(help: ArgumentHelp("Threads of each.", valueName: "n"))
  var threads = min(2, ProcessInfo.processInfo.activeProcessorCount)

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads is from 1 to 64.") }
  }

  func environment() throws -> PeerEnvironment? { peers ? try .prepared() : nil }

  /// Prints the rows; the load is what others asked of the machine before we began.
  func say(_ rows: [BenchRow], peak: Double, load: Double, _ title: String) throws {
    if json { return try sayJSON(rows) }
    let heading =
      "\(title), \(threads) threads, \(Processor.instructions), load before "
      + String(format: "%.1f", load)
    secondlook.say(BenchReport(rows: rows, peak: peak, heading: heading).text)
  }
}

/// How many processes wanted to run in the last minute, on average.
func machineLoad() -> Double {
  var load = 0.0
  getloadavg(&load, 1)
  return load
}

struct BenchGlance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "glance",
    abstract: "The network that ships, inferring and training, in a few seconds.")

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    var options = try BenchOptions.parse([])
    options.json = json
    let load = machineLoad()
    let network = BenchNetwork.chest
    let model = try network.network()
    let parameters = model.benchParameters()
    var rows: [BenchRow] = []
    var best = 0.0
    for (what, batch) in [("infer", 1), ("infer", 16), ("train", 16)] {
      let images = model.benchImages(batch)
      let once: () throws -> Void
      if what == "train" {
        let plan = TrainingPlan(optimizer: .adamw, batch: batch, threads: options.threads)
        let training = try plan.training(model, parameters)
        once = { try plan.step(training, images) }
      } else {
        let inference = try Inference(
          model, parameters, batch: batch, threads: options.threads)
        once = { _ = try inference.run(images) }
      }
      let (times, peak) = try RoundRobin(
        contestants: [.init("ours", once: once)], rounds: 10, threads: options.threads
      ).run()
      best = max(best, peak)
      var row = BenchRow(
        what: what, network: network, batch: batch, ours: times["ours"] ?? Times())
      let operations = what == "train" ? model.learningOperations : model.floatingPointOperations
      row.shareOfPeak = Double(batch * operations) / row.ours.median * 1000 / peak
      rows.append(row)
    }
    try options.say(rows, peak: best, load: load, "The network that ships")
  }
}

/// A process that `bench` starts to have a busy neighbour.
struct BenchSpin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spin", abstract: "Keeps a processor busy.", shouldDisplay: false)

  func run() { Neighbours.spin() }
}

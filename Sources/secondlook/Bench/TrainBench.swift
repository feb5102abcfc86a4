import Engine
import Foundation

/// Measures training of one network, ours and PyTorch's modes in turn.
///
/// What is compared is whole steps on the same images, from the same weights, with the same
/// optimiser and as many threads, one side at a time. All of a step runs at the low priority that
/// our training has (nice 10), on both sides: our threads and the one that calls them, and every
/// thread of PyTorch. `train beside others` is the same with two processes that spin at the usual
/// priority, against PyTorch's channels-last mode alone.
struct TrainBench {
  let network: BenchNetwork
  let plan: TrainingPlan
  let rounds: Int
  let environment: PeerEnvironment?
  let progress: ProgressLine

  private static let modes = ["torch eager", "torch channels-last", "torch compile"]
  private static let channelsLast = "torch channels-last"

  /// Its rows, and the best that the processor did.
  func measure() throws -> (rows: [BenchRow], peak: Double) {
    let model = try network.network()
    let parameters = model.benchParameters()
    let images = model.benchImages(plan.batch)
    let folder = try BenchFolder(model, parameters, images: images)
    defer { folder.remove() }
    let training = try plan.training(model, parameters)
    let losses = try (0..<TrainingPlan.compared).map { _ in try plan.step(training, images) }

    var contestants = [contestant("ours") { try plan.step(training, images) }]
    var objection: String?
    if let environment {
      show("starting the peers")
      let peers = try Peers(environment, folder, threads: plan.threads)
      let theirs = try peers.train(plan, modes: Self.modes)
      for (name, reason) in theirs.absent.sorted(by: { $0.key < $1.key }) {
        warn("\(name) is left out: \(reason)")
      }
      for (name, values) in theirs.losses.sorted(by: { $0.key < $1.key }) {
        if !Self.agree(losses, values) {
          objection = "\(name) learns otherwise: \(values) where ours are \(losses)"
        }
        contestants.append(.init(name) { try peers.run(name, warmups: $0, runs: $1) })
      }
    }
    let operations = Double(plan.batch * model.learningOperations)
    func race(
      _ what: String, _ contestants: [RoundRobin.Contestant], rounds: Int,
      before: @escaping () throws -> Void = {}
    ) throws -> (row: BenchRow, peak: Double) {
      let robin = RoundRobin(contestants: contestants, rounds: rounds, threads: plan.threads) {
        show("\(what), round \($0 + 1) of \(rounds)")
        try before()
      }
      var (times, peak) = try robin.run()
      var row = BenchRow(
        what: what, network: network, batch: plan.batch,
        ours: times.removeValue(forKey: "ours") ?? Times())
      row.peers = times
      row.objection = objection
      row.shareOfPeak = operations / row.ours.median * 1000 / peak
      return (row, peak)
    }
    var (row, peak) = try race("train", contestants, rounds: rounds)
    var rows = [row]
    if let clipped = try clipped(model, parameters, images) {
      row = try race("train, clipped per image", [clipped], rounds: rounds).row
      row.shareOfPeak = operations / row.ours.median * 1000 / peak
      rows.append(row)
    }
    let some = contestants.filter { ["ours", Self.channelsLast].contains($0.name) }
    var neighbours: Neighbours?
    row = try race("train beside others", some, rounds: max(1, rounds / 2)) {
      try neighbours?.end()
      neighbours = try Neighbours(2, in: folder)
    }.row
    try neighbours?.end()
    // Two neighbours leave the processor no time to show its peak.
    row.shareOfPeak = operations / row.ours.median * 1000 / peak
    rows.append(row)
    return (rows, peak)
  }

  /// One of ours, all of it at the priority that PyTorch's threads have.
  private func contestant(
    _ name: String, once: @escaping () throws -> Void
  ) -> RoundRobin.Contestant {
    let plain = RoundRobin.Contestant(name, once: once)
    return .init(name) { warmups, runs in try inBackground { try plain.run(warmups, runs) } }
  }

  /// Ours with the gradient of each image held to a length, as private learning needs it; nil for
  /// networks with batch norms, where it cannot be.
  private func clipped(
    _ model: Network, _ parameters: Parameters, _ images: [Float]
  ) throws -> RoundRobin.Contestant? {
    let mixesImages = model.nodes.contains { node in
      if case .batchNorm = node.operation { true } else { false }
    }
    guard !mixesImages else { return nil }
    let training = try plan.training(model, parameters, exampleClip: 1)
    return contestant("ours") { try plan.step(training, images) }
  }

  /// The same to four digits.
  private static func agree(_ ours: [Float], _ theirs: [Float]) -> Bool {
    ours.count == theirs.count
      && zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1e-4 * max(abs($0), abs($1)) }
  }

  /// From the start of a process to its first step, and its memory.
  func start() throws -> BenchRow {
    show("fresh processes")
    let model = try network.network()
    let folder = try BenchFolder(
      model, model.benchParameters(), images: model.benchImages(plan.batch))
    defer { folder.remove() }
    let runs = 3
    var processes = [
      try FreshProcess.ours(folder, batch: plan.batch, threads: plan.threads, runs: runs)
    ]
    if let environment {
      processes += Self.modes.dropLast().map {
        .peer($0, environment, folder, threads: plan.threads, runs: runs)
      }
    }
    return try FreshProcess.row(
      "start training", network, batch: plan.batch, processes, rounds: min(rounds, 2), in: folder)
  }

  /// What a screen and a reading notice of it.
  func manners() throws -> [BenchRow] {
    show("a screen beside it")
    return try Manners(network: network, plan: plan).rows()
  }

  private func show(_ what: String) {
    progress.show("Training of \(network.rawValue), \(plan.batch) images a step: \(what)")
  }
}

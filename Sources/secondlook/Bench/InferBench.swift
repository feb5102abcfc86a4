import Engine
import Foundation

/// Measures inference of one network, ours and the peers' in turn.
struct InferBench {
  let network: BenchNetwork
  let batch: Int
  let threads: Int
  let rounds: Int
  /// Whether the network works on bytes, ours and the peers'.
  var onBytes = false
  let environment: PeerEnvironment?
  let progress: ProgressLine

  /// Its rows, and the best that the processor did.
  func measure() throws -> (rows: [BenchRow], peak: Double) {
    let model = try network.network()
    let parameters = model.benchParameters()
    let images = model.benchImages(batch)
    let folder = try BenchFolder(model, parameters, images: images)
    defer { folder.remove() }
    let floats = try Inference(model, parameters, batch: batch, threads: threads)
    let output = try floats.run(images)
    let inference =
      onBytes
      ? try Inference(
        model, parameters, batch: batch, threads: threads,
        quantization: Quantization(of: model, parameters, images: images)) : floats

    var contestants = [RoundRobin.Contestant("ours") { _ = try inference.run(images) }]
    var objection: String?
    func compare(_ name: String, _ values: [Float]) {
      let difference =
        onBytes ? Self.distance(output, values) : Self.difference(output, values)
      let limit = onBytes ? Self.byteTolerance : Self.tolerance
      guard values.allSatisfy(\.isFinite), difference <= limit else {
        objection = "\(name) gives something else (\(String(format: "%.1e", difference)))"
        return
      }
    }
    if onBytes { compare("int8", try inference.run(images)) }
    if let environment {
      show("starting the peers")
      let peers = try Peers(environment, folder, threads: threads)
      let theirs = try peers.infer(onBytes: onBytes)
      for (name, reason) in theirs.absent.sorted(by: { $0.key < $1.key }) {
        warn("\(name) is left out: \(reason)")
      }
      for (name, values) in theirs.outputs.sorted(by: { $0.key < $1.key }) {
        compare(name, values)
        contestants.append(.init(name) { try peers.run(name, warmups: $0, runs: $1) })
      }
    }
    let robin = RoundRobin(contestants: contestants, rounds: rounds, threads: threads) {
      show("round \($0 + 1) of \(rounds)")
    }
    var (times, peak) = try robin.run()
    var row = BenchRow(
      what: onBytes ? "infer int8" : "infer", network: network, batch: batch,
      ours: times.removeValue(forKey: "ours") ?? Times())
    row.peers = times
    row.objection = objection
    // The peak is one of floats.
    if onBytes { return ([row], peak) }
    let rate = Double(batch * model.floatingPointOperations) / row.ours.median * 1000
    row.shareOfPeak = rate / peak
    var rows = [row]
    if batch == 1 { rows.append(try start(folder, times.keys.sorted())) }
    return (rows, peak)
  }

  /// From the start of a process to its first result, and its memory.
  ///
  /// PyTorch is left out: it takes longer and needs more than the others.
  private func start(_ folder: BenchFolder, _ names: [String]) throws -> BenchRow {
    show("fresh processes")
    let runs = 5
    var processes = [try FreshProcess.ours(folder, threads: threads, runs: runs)]
    if let environment {
      processes += names.filter { $0 != "torch" }.map {
        .peer($0, environment, folder, threads: threads, runs: runs)
      }
    }
    return try FreshProcess.row(
      "start", network, batch: 1, processes, rounds: min(rounds, 7), in: folder)
  }

  /// The largest difference, in parts of the largest number.
  static func difference(_ ours: [Float], _ theirs: [Float]) -> Float {
    guard ours.count == theirs.count else { return .infinity }
    let largest = theirs.map(abs).max() ?? 0
    let difference = zip(ours, theirs).map { abs($0 - $1) }.max() ?? 0
    return difference == 0 ? 0 : difference / largest
  }

  /// Differences above it mean that not the same was computed.
  static let tolerance: Float = 1e-4

  /// The length of all differences together, in parts of that of the numbers.
  static func distance(_ floats: [Float], _ bytes: [Float]) -> Float {
    guard floats.count == bytes.count else { return .infinity }
    let length = floats.reduce(0) { $0 + $1 * $1 }
    let apart = zip(floats, bytes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return apart == 0 ? 0 : (apart / length).squareRoot()
  }

  /// Distances of a network of bytes from that of floats above which something is wrong; with
  /// weights that were never trained, what is rounded adds up to a few hundredths.
  static let byteTolerance: Float = 0.1

  private func show(_ what: String) {
    progress.show("Inference of \(network.rawValue): \(what)")
  }
}

import Foundation

/// Runs a network on images; an image gives the same bits alone and in any batch.
///
/// Memory: the weights, and for each thread the largest maps that are alive together.
///
/// Not `Sendable`: let one actor or one thread own it, made where it is used.
public final class Inference {
  public let network: Network
  /// The most images one ``run(_:)`` takes.
  public let batch: Int

  private let pool: WorkerPool
  private let runners: [SliceRunner]
  private let slices: [Slice]
  private let layout: ParameterLayout
  private let weights: PackedWeights

  /// Compiles the network.
  ///
  /// - Parameters:
  ///   - network: what to compute.
  ///   - parameters: its weights.
  ///   - batch: the most images of one run, at least 1.
  ///   - threads: at work on a batch, one image each; the processors of the machine where nil.
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)`` for
  ///   wrong weights, ``EngineError/invalidOption(name:problem:)`` for a count below 1.
  public init(
    _ network: Network, _ parameters: Parameters, batch: Int = 1, threads: Int? = nil
  ) throws(EngineError) {
    try network.check(parameters)
    self.network = network
    self.batch = batch
    let workers = try WorkerPool.workers(threads, for: batch, batch: batch)
    let plan = Plan(network)
    var runners: [SliceRunner] = []
    for _ in 0..<workers {
      runners.append(try SliceRunner(plan, images: 1, training: false))
    }
    self.runners = runners
    layout = ParameterLayout(
      network.parameterShapes, convolutions: runners[0].convolutionsByWeight,
      lanes: runners[0].kernels.lanes)
    let places = layout.gradient
    slices = runners.map { Slice($0.activations, gradients: places, at: nil) }
    weights = PackedWeights(layout)
    pool = WorkerPool(workers: workers)
    try load(parameters)
  }

  /// Takes other weights of the same network.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)``, and
  ///   keeps the weights it has.
  public func load(_ parameters: Parameters) throws(EngineError) {
    try network.check(parameters)
    let plain = Buffer(count: layout.plain.total)
    layout.fill(plain, from: parameters)
    let convolutions = runners[0].convolutionsByWeight
    try withoutOpenMPTeam { () throws(EngineError) in
      for index in parameters.entries.indices {
        try weights.pack(index, from: plain, with: convolutions[index])
      }
    }
  }

  /// The output of each image.
  ///
  /// - Parameter images: 1 to ``batch`` images one after another, `[images, channels, height,
  ///   width]` as ``Network/input`` says.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)`` for a part of an image or too many,
  ///   ``EngineError/notFinite(what:)`` for an image with NaN or infinity.
  /// - Returns: `[images, channels, height, width]` as ``Network/outputShape`` says.
  public func run(_ images: [Float]) throws(EngineError) -> [Float] {
    let size = network.input.count
    let count = images.count / size
    guard images.count % size == 0, (1...batch).contains(count) else {
      throw .wrongCount(of: "images", expected: batch * size, got: images.count)
    }
    guard images.allSatisfy(\.isFinite) else { throw .notFinite(what: "images") }
    let outputSize = network.outputShape.count
    let output = Buffer(count: count * outputSize)
    try images.withUnsafeStart { source throws(EngineError) in
      try pool.run(count) { item, worker throws(EngineError) in
        let runner = runners[worker]
        try runner.forward(
          source + item * size, present: 1, weights: weights, slice: slices[worker])
        runner.unpackOutput(
          of: slices[worker], present: 1, into: output.start + item * outputSize)
      }
    }
    return Array(UnsafeBufferPointer(start: output.start, count: count * outputSize))
  }
}

extension WorkerPool {
  /// Workers for so many items: as many as asked for or as the machine has, never more than items.
  ///
  /// - Throws: ``EngineError/invalidOption(name:problem:)`` where a count is out of range.
  static func workers(
    _ threads: Int?, for items: Int, batch: Int
  ) throws(EngineError) -> Int {
    guard (1...4096).contains(batch) else {
      throw .invalidOption(name: "batch", problem: "it is from 1 to 4096")
    }
    guard (1...256).contains(threads ?? 1) else {
      throw .invalidOption(name: "threads", problem: "they are from 1 to 256")
    }
    return min(threads ?? ProcessInfo.processInfo.activeProcessorCount, items)
  }
}

extension [Float] {
  /// The first number's place, valid within the body.
  func withUnsafeStart<Result>(
    _ body: (UnsafePointer<Float>) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    try withUnsafeBufferPointer { buffer throws(EngineError) in
      guard let start = buffer.baseAddress else { preconditionFailure("an array of images") }
      return try body(start)
    }
  }
}

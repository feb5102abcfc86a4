import Foundation

/// Runs a network on images; an image gives the same bits alone and in any batch.
///
/// Batch norms go into the convolutions before them. A lone image is shared by all threads, step
/// by step; of several, each thread takes one.
///
/// With a ``Quantization`` convolutions work on bytes: faster, and not quite the same numbers.
///
/// Memory: for a lone image the weights and the largest maps that are alive together; for several
/// the same once more for each thread.
///
/// Not `Sendable`: let one actor or one thread own it, made where it is used.
public final class Inference {
  public let network: Network
  /// The most images one ``run(_:)`` takes.
  public let batch: Int

  private let fold: BatchNormFold
  private let pool: WorkerPool
  /// All threads on one image.
  private let together: ImageRunner
  /// One image for each thread; none where one image is all there is.
  private let apart: [ImageRunner]
  /// Names of the steps that are convolutions.
  private let convolutions: [Int: String]
  private let ledger = Ledger()
  /// Bytes of its weights, maps and scratch, known before the first run; code that oneDNN compiles
  /// comes on top, some MB.
  public var memory: Int { ledger.bytes }

  /// Compiles the network.
  ///
  /// - Parameters:
  ///   - network: what to compute.
  ///   - parameters: its weights; given away, they are let go while they are taken over.
  ///   - batch: the most images of one run, at least 1.
  ///   - threads: at work; the processors of the machine where nil.
  ///   - tuning: which algorithm each convolution goes by.
  ///   - quantization: of this network, for work on bytes; floats where nil.
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)`` for
  ///   wrong weights, ``EngineError/quantizationDoesNotFit(node:)`` for another network's
  ///   quantization, ``EngineError/invalidOption(name:problem:)`` for a count below 1 or a tuning
  ///   of another network.
  public init(
    _ network: Network, _ parameters: consuming Parameters, batch: Int = 1, threads: Int? = nil,
    tuning: Tuning = .bySize, quantization: Quantization? = nil
  ) throws(EngineError) {
    self.network = network
    self.batch = batch
    let workers = try WorkerPool.workers(threads, for: .max, batch: batch)
    fold = BatchNormFold(network)
    let plan = Plan(fold.network, for: .inference)
    let known = network.convolutionNames
    if let stranger = tuning.algorithms.keys.filter({ !known.contains($0) }).min() {
      throw .invalidOption(name: "tuning", problem: "the network has no convolution \(stranger)")
    }
    convolutions = plan.convolutions(of: fold.network)
    let algorithms = convolutions.compactMapValues { tuning.algorithms[$0] }
    let scales = try quantization.map { [fold] quantization throws(EngineError) in
      try quantization.scales(of: Plan.mapNames(fold.network))
    }
    together = try ledger.counting { () throws(EngineError) in
      try ImageRunner(plan, parts: workers, algorithms: algorithms, scales: scales)
    }
    apart = try ledger.counting { () throws(EngineError) in
      try (0..<(batch > 1 && workers > 1 ? min(workers, batch) : 0)).map { _ throws(EngineError) in
        try ImageRunner(plan, parts: 1, algorithms: algorithms, scales: scales)
      }
    }
    pool = WorkerPool(workers: workers)
    try load(parameters)
  }

  /// Takes other weights of the same network.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)``, and
  ///   keeps the weights it has.
  public func load(_ parameters: consuming Parameters) throws(EngineError) {
    try network.check(parameters)
    guard fold.isSound(parameters) else { throw .notFinite(what: "variance of a batch norm") }
    let folded = fold.parameters(parameters)
    for runner in apart { try runner.load(folded, on: pool, isLast: false) }
    try together.load(folded, on: pool, isLast: true)
  }

  /// The output of each image.
  ///
  /// - Parameters:
  ///   - images: 1 to ``batch`` images one after another, `[images, channels, height, width]` as
  ///     ``Network/input`` says.
  ///   - heedsCancellation: whether a cancelled task ends it early, between two images.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)`` for a part of an image or too many,
  ///   ``EngineError/notFinite(what:)`` for an image with NaN or infinity,
  ///   ``EngineError/cancelled``.
  /// - Returns: `[images, channels, height, width]` as ``Network/outputShape`` says.
  public func run(
    _ images: [Float], heedsCancellation: Bool = false
  ) throws(EngineError) -> [Float] {
    guard heedsCancellation else { return try run(images, unless: .never) }
    return try Cancellation.ofTask { cancellation throws(EngineError) in
      try run(images, unless: cancellation)
    }
  }

  private func run(
    _ images: [Float], unless cancellation: Cancellation
  ) throws(EngineError) -> [Float] {
    let size = network.input.count
    let count = images.count / size
    guard images.count % size == 0, (1...batch).contains(count) else {
      throw .wrongCount(of: "images", expected: batch * size, got: images.count)
    }
    guard images.isFinite else { throw .notFinite(what: "images") }
    let outputSize = network.outputShape.count
    let output = try Buffer(count: count * outputSize)
    try Precedence.first { () throws(EngineError) in
      try run(images, count, into: output, unless: cancellation)
    }
    return Array(UnsafeBufferPointer(start: output.start, count: count * outputSize))
  }

  /// How long each convolution takes that goes by an algorithm, for one image.
  func timeConvolutions(
    _ image: [Float], by algorithm: ConvolutionAlgorithm
  ) throws(EngineError) -> [String: Duration] {
    let output = try Buffer(count: network.outputShape.count)
    var times: [String: Duration] = [:]
    try image.withUnsafeStart { source throws(EngineError) in
      var last = ContinuousClock.now
      try together.run(source, on: pool, into: output.start) { step in
        let now = ContinuousClock.now
        if let name = convolutions[step], together.algorithm(of: step) == algorithm {
          times[name] = now - last
        }
        last = now
      }
    }
    return times
  }

  private func run(
    _ images: [Float], _ count: Int, into output: Buffer, unless cancellation: Cancellation
  ) throws(EngineError) {
    let size = network.input.count
    let outputSize = network.outputShape.count
    try images.withUnsafeStart { source throws(EngineError) in
      // What would leave a thread idle is done by all of them.
      let shared = apart.isEmpty ? 0 : count - count % apart.count
      try pool.run(shared, unless: cancellation) { item, worker throws(EngineError) in
        try apart[worker].run(
          source + item * size, on: nil, into: output.start + item * outputSize)
      }
      for item in shared..<count {
        try cancellation.check()
        try together.run(
          source + item * size, on: pool, into: output.start + item * outputSize)
      }
    }
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
  /// Whether no value is NaN or infinite.
  ///
  /// Without a branch for each number, so that many are looked at together.
  var isFinite: Bool {
    withUnsafeBufferPointer { values in
      var overflow: UInt32 = 0
      for value in values {
        // All ones in the exponent, and one more: that carries into the sign's place.
        overflow |= (value.bitPattern & 0x7F80_0000) &+ 0x0080_0000
      }
      return overflow & 0x8000_0000 == 0
    }
  }

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

/// A network ready to learn from batches: slices of the batch go forward and backward on a few
/// threads.
final class Replica {
  /// How a batch is cut; depends on its size alone, so that the bits do too.
  struct Slicing: Equatable {
    /// Images in a slice; the last slice may have fewer present.
    let size: Int
    let count: Int

    /// Slices of at most 4 images, and at least 4 slices where there are as many images.
    init(batch: Int) {
      let wanted = max(min(batch, 4), (batch + 3) / 4)
      size = (batch + wanted - 1) / wanted
      count = (batch + size - 1) / size
    }
  }

  let layout: ParameterLayout
  /// The gradient of the last batch, plain.
  let gradient: Buffer

  private let network: Network
  private let batch: Int
  private let slicing: Slicing
  private let pool: WorkerPool
  private let runners: [SliceRunner]
  /// By worker, then by the array that is the weight.
  private let convolutions: [[Int: SliceConvolution]]
  private let slices: [Slice]
  private let weights: PackedWeights
  /// The slices' gradients one after another; the sum takes the place of the first.
  private let partialGradients: Buffer

  init(_ network: Network, batch: Int, threads: Int?) throws(EngineError) {
    self.network = network
    self.batch = batch
    let slicing = Slicing(batch: max(batch, 1))
    self.slicing = slicing
    let workers = try WorkerPool.workers(threads, for: slicing.count, batch: batch)
    let plan = Plan(network, for: .training)
    var runners: [SliceRunner] = []
    for _ in 0..<workers {
      runners.append(try SliceRunner(plan, images: slicing.size))
    }
    self.runners = runners
    convolutions = runners.map(\.convolutionsByWeight)
    let layout = ParameterLayout(
      network.parameterShapes, convolutions: convolutions[0], lanes: runners[0].kernels.lanes)
    self.layout = layout
    let partialGradients = Buffer(count: slicing.count * layout.gradient.total)
    self.partialGradients = partialGradients
    slices = (0..<slicing.count).map { slice in
      Slice(
        runners[0].activations, gradients: layout.gradient,
        at: partialGradients.start + slice * layout.gradient.total)
    }
    gradient = Buffer(count: layout.plain.total)
    weights = PackedWeights(layout)
    pool = WorkerPool(workers: workers)
  }

  /// Takes weights from a plain buffer.
  func pack(_ plain: Buffer) throws(EngineError) {
    try pool.run(layout.shapes.count) { index, worker throws(EngineError) in
      try weights.pack(index, from: plain, with: convolutions[worker][index])
    }
  }

  /// The output of a whole batch, `[images, channels, height, width]`.
  func forward(_ images: [Float]) throws(EngineError) -> [Float] {
    let size = network.outputShape.count
    let output = Buffer(count: batch * size)
    try images.withUnsafeStart { source throws(EngineError) in
      try pool.run(slicing.count) { item, worker throws(EngineError) in
        let first = item * slicing.size
        let present = min(slicing.size, batch - first)
        try runners[worker].forward(
          source + first * network.input.count, present: present, weights: weights,
          slice: slices[item])
        runners[worker].unpackOutput(
          of: slices[item], present: present, into: output.start + first * size)
      }
    }
    return Array(UnsafeBufferPointer(start: output.start, count: batch * size))
  }

  /// Leaves the gradient of the batch in ``gradient``; follows ``forward(_:)`` of the same batch.
  func backward(_ slope: [Float]) throws(EngineError) {
    let size = network.outputShape.count
    try slope.withUnsafeStart { source throws(EngineError) in
      try pool.run(slicing.count) { item, worker throws(EngineError) in
        let first = item * slicing.size
        try runners[worker].backward(
          source + first * size, present: min(slicing.size, batch - first), weights: weights,
          slice: slices[item])
      }
    }
    try pool.run(layout.shapes.count) { index, worker throws(EngineError) in
      let start = partialGradients.start + layout.gradient.offsets[index]
      runners[worker].kernels.sumParts(
        layout.gradient.counts[index], parts: slicing.count, stride: layout.gradient.total, start,
        into: start)
      try weights.unpackGradient(
        index, from: partialGradients, into: gradient, with: convolutions[worker][index])
    }
  }
}

/// A network ready to learn from batches: slices of the batch go forward and backward on a few
/// threads.
final class Replica {
  /// How a batch is cut; depends on its size alone, so that the bits do too.
  struct Slicing: Equatable {
    /// Images in a slice; the last slice may have fewer present.
    let size: Int
    let count: Int

    /// Slices of at most 4 images, and at least 4 slices where there are as many images.
    ///
    /// - Parameters:
    ///   - batch: images.
    ///   - isEven: whether every slice has to be full, as a batch norm wants them.
    init(batch: Int, isEven: Bool = false) {
      let wanted = max(min(batch, 4), (batch + 3) / 4)
      let most = (batch + wanted - 1) / wanted
      size = isEven ? (1...most).last { batch.isMultiple(of: $0) } ?? 1 : most
      count = (batch + size - 1) / size
    }

    /// Every image a slice of its own.
    init(single batch: Int) {
      size = 1
      count = batch
    }
  }

  let layout: ParameterLayout
  /// The gradient of the last batch, plain.
  let gradient: Buffer

  private let network: Network
  private let batch: Int
  private let slicing: Slicing
  let pool: WorkerPool
  private let runners: [SliceRunner]
  /// By worker, then by the array that is the weight.
  private let convolutions: [[Int: SliceConvolution]]
  private let slices: [Slice]
  private let weights: PackedWeights
  private let regions: [Range<Int>]
  /// By step.
  private let norms: [Int: BatchStatistics]
  /// A region's gradients by slice, one after another; the sum goes to ``gradient``, or to the
  /// place of the first where it is still to be unpacked.
  private let partialGradients: Buffer

  private let exampleClip: Float?
  private let lengths: DoubleBuffer

  /// Length of each image's gradient, where every image is a slice and is clipped.
  var exampleLengths: [Double] {
    exampleClip == nil ? [] : (0..<batch).map { lengths.start[$0] }
  }

  init(
    _ network: Network, batch: Int, threads: Int?, exampleClip: Float? = nil
  ) throws(EngineError) {
    self.exampleClip = exampleClip
    lengths = try DoubleBuffer(count: max(batch, 1))
    self.network = network
    self.batch = batch
    let plan = Plan(network, for: .training)
    let regions = plan.regions
    self.regions = regions
    let slicing =
      exampleClip == nil
      ? Slicing(batch: max(batch, 1), isEven: regions.count > 1) : Slicing(single: max(batch, 1))
    self.slicing = slicing
    let workers = try WorkerPool.workers(threads, for: slicing.count, batch: batch)
    var runners: [SliceRunner] = []
    for _ in 0..<workers {
      runners.append(try SliceRunner(plan, images: slicing.size))
    }
    self.runners = runners
    convolutions = runners.map(\.convolutionsByWeight)
    let layout = ParameterLayout(
      network.parameterShapes, plan: plan, convolutions: convolutions[0],
      remembered: network.rememberedParameters, lanes: runners[0].kernels.lanes)
    self.layout = layout
    let partialGradients = try Buffer(count: slicing.count * layout.gradient.total)
    self.partialGradients = partialGradients
    slices = try (0..<slicing.count).map { slice throws(EngineError) in
      try Slice(
        runners[0].activations, gradients: layout.gradient,
        at: partialGradients.start + slice * layout.gradient.total, index: slice,
        slopes: regions.count > 1 ? runners[0].slopeCount : 0)
    }
    var norms: [Int: BatchStatistics] = [:]
    for (index, step) in plan.steps.enumerated() {
      guard case .batchNorm(let operation) = step.operation else { continue }
      norms[index] = try BatchStatistics(
        operation, shape: plan.shapes[step.output], images: slicing.size, slices: slicing.count,
        lanes: runners[0].kernels.lanes)
    }
    self.norms = norms
    gradient = try Buffer(count: layout.plain.total)
    weights = try PackedWeights(layout)
    pool = WorkerPool(workers: workers, isBackground: true)
  }

  /// Makes a region's weights ready.
  private func pack(
    _ region: Int, _ direction: Kernels.Direction, from plain: Buffer
  ) throws(EngineError) {
    let arrays = layout.arrays[region]
    let parts = pool.workers
    try pool.run(arrays.count * parts) { item, worker throws(EngineError) in
      let index = arrays[item / parts]
      try weights.pack(
        index, .init(index: item % parts, count: parts), direction, from: plain,
        with: convolutions[worker][index])
    }
  }

  /// The output of a whole batch, `[images, channels, height, width]`, with plain weights.
  func forward(
    _ images: [Float], with plain: Buffer, unless cancellation: Cancellation
  ) throws(EngineError) -> [Float] {
    let size = network.outputShape.count
    let output = try Buffer(count: batch * size)
    try images.withUnsafeStart { source throws(EngineError) in
      for (index, region) in regions.enumerated() {
        try pack(index, .forward, from: plain)
        if let norm = norms[region.lowerBound] {
          norm.addUpMoments(
            weight: weights.forward(norm.operation.weight),
            bias: weights.forward(norm.operation.bias))
        }
        try pool.run(slicing.count, unless: cancellation) { item, worker throws(EngineError) in
          let first = item * slicing.size
          let present = min(slicing.size, batch - first)
          let runner = runners[worker]
          try runner.forward(
            region: region, source + first * network.input.count, present: present,
            weights: weights, slice: slices[item], norms: norms, unless: cancellation)
          if region.upperBound == regions.last?.upperBound {
            runner.unpackOutput(
              of: slices[item], present: present, into: output.start + first * size)
          }
        }
      }
    }
    return Array(UnsafeBufferPointer(start: output.start, count: batch * size))
  }

  /// Leaves the gradient of the batch in ``gradient``; follows ``forward(_:with:unless:)`` of the
  /// same batch with the same weights.
  func backward(
    _ slope: [Float], with plain: Buffer, unless cancellation: Cancellation
  ) throws(EngineError) {
    let size = network.outputShape.count
    // What no step uses has no gradient, whatever was made of it since.
    for index in layout.idle {
      (gradient.start + layout.plain.offsets[index]).update(
        repeating: 0, count: layout.plain.counts[index])
    }
    try slope.withUnsafeStart { source throws(EngineError) in
      for (index, region) in regions.enumerated().reversed() {
        try pack(index, .backward, from: plain)
        try pool.run(slicing.count, unless: cancellation) { item, worker throws(EngineError) in
          let first = item * slicing.size
          try runners[worker].backward(
            region: region, source + first * size, present: min(slicing.size, batch - first),
            weights: weights, slice: slices[item], norms: norms, unless: cancellation)
          if let exampleClip { clip(item, to: exampleClip, with: runners[worker].kernels) }
        }
        if let norm = norms[region.lowerBound] {
          norm.addUpGradient(
            weightGradient: slices[0].gradient(norm.operation.weight),
            biasGradient: slices[0].gradient(norm.operation.bias))
        }
        try addUp(index)
      }
    }
  }

  /// Brings the sum of the slices' gradients of a region's arrays into ``gradient``.
  private func addUp(_ region: Int) throws(EngineError) {
    let norm = norms[regions[region].lowerBound]?.operation
    let pieces = layout.pieces[region]
    try pool.run(pieces.count) { item, worker throws(EngineError) in
      let (index, range) = pieces[item]
      let start = partialGradients.start + layout.gradient.offsets[index] + range.lowerBound
      let isPlain = convolutions[worker][index]?.leavesPlainGradient ?? true
      runners[worker].kernels.sumParts(
        range.count,
        // A batch norm's is that of the batch already.
        parts: [norm?.weight, norm?.bias].contains(index) ? 1 : slicing.count,
        stride: layout.gradient.total, start,
        into: isPlain
          ? gradient.start + layout.plain.offsets[index] + range.lowerBound : start)
      // Whole lines were added, and behind an array lies what another region left.
      guard range.upperBound == layout.gradient.counts[index] else { return }
      let count = layout.plain.counts[index]
      (gradient.start + layout.plain.offsets[index] + count).update(
        repeating: 0, count: count.rounded(to: Buffer.line) - count)
    }
    let packed = layout.arrays[region].filter { index in
      convolutions[0][index].map { !$0.leavesPlainGradient } ?? false
    }
    try pool.run(packed.count) { item, worker throws(EngineError) in
      let index = packed[item]
      try convolutions[worker][index]?.unpackGradient(
        partialGradients.start + layout.gradient.offsets[index],
        into: gradient.start + layout.plain.offsets[index])
    }
  }

  /// Shortens the gradient of one slice.
  private func clip(_ slice: Int, to longest: Float, with kernels: Kernels) {
    let start = partialGradients.start + slice * layout.gradient.total
    let length = kernels.squares(layout.gradient.total, start).squareRoot()
    lengths.start[slice] = length
    if length > Double(longest) {
      kernels.scale(layout.gradient.total, start, by: Float(Double(longest) / length))
    }
  }

  /// Moves the means and variances in plain weights towards those of the last batch.
  func remember(in weights: Buffer) {
    for norm in norms.values {
      norm.remember(
        mean: weights.start + layout.plain.offsets[norm.operation.mean],
        variance: weights.start + layout.plain.offsets[norm.operation.variance])
    }
  }
}

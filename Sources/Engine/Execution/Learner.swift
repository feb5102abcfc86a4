/// The weights, what the optimiser remembers of them, and the step from one to the next.
final class Learner {
  /// Plain, as ``Parameters`` has them.
  let weights: Buffer

  private let layout: ParameterLayout
  private let optimizer: Optimizer
  private let options: Training.Options
  private let kernels = Kernels(lanes: 16)
  /// None where nothing pulls.
  private let anchor: Buffer?
  /// One buffer for each of ``Optimizer/slots``.
  private let slots: [Buffer]
  /// Arrays that follow the batches instead of the gradient.
  private let remembered: Set<Int>
  private var steps = 0

  init(
    _ layout: ParameterLayout, _ optimizer: Optimizer, _ options: Training.Options,
    remembered: Set<Int>
  ) throws(EngineError) {
    self.remembered = remembered
    self.layout = layout
    self.optimizer = optimizer
    self.options = options
    weights = try Buffer(count: layout.plain.total)
    anchor = options.proximity > 0 ? try Buffer(count: layout.plain.total) : nil
    slots = try optimizer.slots.map { _ throws(EngineError) in
      try Buffer(count: layout.plain.total)
    }
  }

  var parameters: Parameters { Parameters(entries: layout.parameters(in: weights)) }

  func load(_ parameters: Parameters) {
    layout.fill(weights, from: parameters)
    anchor(to: parameters)
    for slot in slots { slot.start.update(repeating: 0, count: slot.count) }
    steps = 0
  }

  func anchor(to parameters: Parameters) {
    if let anchor { layout.fill(anchor, from: parameters) }
  }

  /// Number of steps, and the optimiser's arrays as `<parameter>.<slot>`.
  ///
  /// The number is split at 2^20, because a `Float` counts only to 2^24.
  var state: Parameters {
    let count = [Float(steps % Self.split), Float(steps / Self.split)]
    return Parameters(
      entries: [Parameters.Entry(name: Self.stepName, shape: [2], values: count)]
        + zip(slots, optimizer.slots).flatMap { buffer, name in
          layout.parameters(in: buffer, suffix: ".\(name)")
        })
  }

  /// - Throws: ``EngineError/parametersDoNotFit(entry:)``, ``EngineError/notFinite(what:)``.
  func restore(_ state: Parameters) throws(EngineError) {
    if let entry = state.firstDifference(from: self.state) {
      throw .parametersDoNotFit(entry: entry)
    }
    guard state.isFinite else { throw .notFinite(what: "optimiser state") }
    guard let low = Int(exactly: state.entries[0].values[0]),
      let high = Int(exactly: state.entries[0].values[1]),
      (0..<Self.split).contains(low), (0..<Self.split).contains(high),
      // The variance is a mean of squares.
      state.entries.allSatisfy({ entry in
        !entry.name.hasSuffix(".variance") || entry.values.allSatisfy { $0 >= 0 }
      })
    else { throw .parametersDoNotFit(entry: Self.stepName) }
    steps = low + high * Self.split
    var rest = state.entries.dropFirst()
    for slot in slots {
      layout.fill(slot, from: Parameters(entries: Array(rest.prefix(layout.shapes.count))))
      rest = rest.dropFirst(layout.shapes.count)
    }
  }

  /// One step along a plain gradient, which is pulled and clipped in place.
  ///
  /// - Parameters:
  ///   - gradient: plain, of all arrays.
  ///   - learningRate: how far to go.
  ///   - pool: shares out the arrays.
  /// - Throws: ``EngineError/notFinite(what:)`` for the gradient; nothing is then changed.
  func update(
    with gradient: Buffer, learningRate: Float, on pool: WorkerPool
  ) throws(EngineError) {
    let arrays = layout.plain.offsets.count
    let squares = try DoubleBuffer(count: arrays)
    try pool.run(arrays) { index, _ throws(EngineError) in
      let (offset, count) = (layout.plain.offsets[index], layout.plain.counts[index])
      let start = gradient.start + offset
      if remembered.contains(index) {
        start.update(repeating: 0, count: count)
      } else if let anchor {
        kernels.pull(
          count, strength: options.proximity, weights.start + offset, to: anchor.start + offset,
          gradient: start)
      }
      squares.start[index] = kernels.squares(count, start)
    }
    // In the arrays' order, so that the number of threads leaves no trace.
    let length = (0..<arrays).reduce(0) { $0 + squares.start[$1] }.squareRoot()
    guard length.isFinite else { throw .notFinite(what: "gradient") }
    let factor = options.gradientClip.flatMap { length > Double($0) ? Double($0) / length : nil }
    steps += 1
    try pool.run(arrays) { index, _ throws(EngineError) in
      let (offset, count) = (layout.plain.offsets[index], layout.plain.counts[index])
      if let factor { kernels.scale(count, gradient.start + offset, by: Float(factor)) }
      kernels.update(
        optimizer, step: steps, learningRate: learningRate,
        decays: layout.shapes[index].shape.count > 1, count, gradient: gradient.start + offset,
        weight: weights.start + offset, slots: slots.map { $0.start + offset })
    }
  }

  private static let stepName = "optimizer.steps"
  private static let split = 1 << 20
}

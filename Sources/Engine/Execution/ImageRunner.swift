/// Runs a network on one image at a time; every step is cut into parts that workers share.
///
/// Owns the maps, the primitives and its copy of the weights, so runners share nothing.
final class ImageRunner {
  /// One part of a step, for one worker.
  enum Part {
    case convolution(ConvolutionPart)
    case kernel(KernelPart)
    case other(() -> Void)

    func run() throws(EngineError) {
      switch self {
      case .convolution(let part): try part.run()
      case .kernel(let part): part.run()
      case .other(let body): body()
      }
    }
  }

  let plan: Plan
  let kernels: Kernels
  /// How many workers share a step at the most.
  let parts: Int
  private let layout: ActivationLayout
  private let maps: Buffer
  private let scratch: [Buffer]
  /// Owns the maps of bytes.
  private let bytes: ByteCompiler?
  private var steps: [[Part]] = []
  /// Of the steps that are convolutions.
  private var compilers: [(step: Int, compiler: ConvolutionCompiler)] = []
  /// What takes the weights of other steps than convolutions.
  private var loaders: [(BatchNormFold.Folded) -> Void] = []

  /// Compiles the steps of a plan for inference.
  ///
  /// - Parameters:
  ///   - plan: the steps.
  ///   - parts: how many workers share a step at the most.
  ///   - algorithms: of steps that are convolutions; the others go by their sizes.
  ///   - scales: of the plan's maps, where bytes do what they can.
  ///   - lanes: channels side by side in a block.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``, ``EngineError/outOfMemory(bytes:)``.
  init(
    _ plan: Plan, parts: Int, algorithms: [Int: ConvolutionAlgorithm] = [:],
    scales: [ByteScale]? = nil, lanes: Int = convolutionLanes()
  ) throws(EngineError) {
    self.plan = plan
    self.parts = parts
    kernels = Kernels(lanes: lanes)
    bytes = try scales.map { scales throws(EngineError) in
      try ByteCompiler(plan, scales: scales, lanes: lanes, parts: parts)
    }
    layout = ActivationLayout(
      plan, images: 1, lanes: lanes, absent: bytes?.absentFloats ?? [])
    maps = try Buffer(count: layout.total)
    let widest = plan.shapes.map(\.channels).max() ?? 0
    let doubles = 2 * kernels.normScratch(channels: widest)
    scratch = try (0..<parts).map { _ throws(EngineError) in try Buffer(count: doubles) }
    try withoutOpenMPTeam { () throws(EngineError) in
      let contexts = try (0..<parts).map { _ throws(EngineError) in try DnnlContext() }
      convert(0)
      for (index, step) in plan.steps.enumerated() {
        defer { convert(step.output) }
        if let work = try bytes?.work(for: index, map) {
          steps.append(work.map { .other($0) })
        } else if case .convolution(let convolution) = step.operation {
          let compiler = ConvolutionCompiler(
            plan: plan, step: step, convolution: convolution, contexts: contexts,
            kernels: kernels, algorithm: algorithms[index])
          compilers.append((steps.count, compiler))
          if let parts = try compiler.kernelParts(map) {
            steps.append(parts.map { .kernel($0) })
          } else {
            steps.append(try compiler.parts(map).map { .convolution($0) })
          }
        } else {
          steps.append(try work(for: step, index).map { .other($0) })
        }
      }
    }
    loaders += bytes?.loaders ?? []
  }

  /// Adds the step that makes the other form of a map, where it is needed.
  private func convert(_ index: Plan.MapIndex) {
    if let work = bytes?.conversion(of: index, map) { steps.append(work.map { .other($0) }) }
  }

  /// Takes the weights; the parameters fit the plan's network.
  ///
  /// - Parameters:
  ///   - parameters: where they are.
  ///   - pool: shares out the steps.
  ///   - isLast: whether nobody will ask these parameters for convolutions' weights again.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``.
  func load(
    _ parameters: BatchNormFold.Folded, on pool: WorkerPool, isLast: Bool
  ) throws(EngineError) {
    func load(_ step: Int, _ compiler: ConvolutionCompiler) throws(EngineError) {
      try compiler.withArrays(in: parameters, isLast: isLast) { arrays throws(EngineError) in
        for part in steps[step] {
          switch part {
          case .convolution(let part): try part.load(arrays)
          case .kernel(let part): part.load(arrays)
          case .other: continue
          }
        }
      }
    }
    let own = compilers.filter { algorithm(of: $0.step) != .library }
    try pool.run(own.count) { item, _ throws(EngineError) in
      try load(own[item].step, own[item].compiler)
    }
    // oneDNN's share their contexts, which one thread has at a time.
    try withoutOpenMPTeam { () throws(EngineError) in
      for (step, compiler) in compilers where algorithm(of: step) == .library {
        try load(step, compiler)
      }
    }
    for loader in loaders { loader(parameters) }
  }

  /// Computes the output of one image; both `[channels, height, width]`.
  ///
  /// - Parameters:
  ///   - image: of the network's input shape.
  ///   - pool: shares out the parts; nil where the caller does all.
  ///   - output: gets the numbers of the network's output shape.
  ///   - isDone: hears of each step after it; of the plan's, where none works on bytes.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``.
  func run(
    _ image: UnsafePointer<Float>, on pool: WorkerPool?, into output: Floats,
    isDone: (_ step: Int) -> Void = { _ in }
  ) throws(EngineError) {
    if let bytes, bytes.readsImage {
      bytes.image = image
    } else if plan.imageIsPlain {
      map(0).update(from: image, count: plan.shapes[0].count)
    } else {
      kernels.pack(image, images: 1, plan.shapes[0], into: map(0))
    }
    for (index, step) in steps.enumerated() {
      if let pool, step.count > 1 {
        try pool.run(step.count) { part, _ throws(EngineError) in try step[part].run() }
      } else {
        for part in step { try part.run() }
      }
      isDone(index)
    }
    kernels.unpack(map(plan.output), images: 1, plan.shapes[plan.output], into: output)
  }

  /// How a step that is a convolution is computed.
  func algorithm(of step: Int) -> ConvolutionAlgorithm? {
    switch steps[step][0] {
    case .convolution: .library
    case .kernel(let part): part.algorithm
    case .other: nil
    }
  }

  private func map(_ index: Plan.MapIndex) -> Floats { maps.start + layout.offsets[index] }

  /// The numbers of a map that is there.
  func values(_ index: Plan.MapIndex) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: map(index), count: layout.counts[index])
  }

  /// Floats before a channel that begins a block.
  private func place(_ channel: Int, of index: Plan.MapIndex) -> Floats {
    map(index) + channel * plan.shapes[index].cells
  }

  // MARK: Steps other than convolutions

  private func work(
    for step: Plan.Step, _ index: Int
  ) throws(EngineError) -> [() -> Void] {
    let shape = plan.shapes[step.output]
    let kernels = kernels
    switch step.operation {
    case .convolution: preconditionFailure("convolutions are compiled apart")
    case .norm(let groups, let weight, let bias, let relu):
      return try norm(step, index, groups: groups, weight: weight, bias: bias, relu: relu)
    case .batchNorm(let norm): return try affine(step, norm)
    case .sum(let relu):
      return eachPiece(of: shape) { piece, from in
        let (x, y) = (place(from, of: step.input), place(from, of: step.output))
        let other = step.second.map { place(from, of: $0) }
        let count = piece.channels.rounded(to: kernels.lanes) * piece.cells
        return { kernels.sum(count, x, other, relu: relu, into: y) }
      }
    case .activation(let activation):
      return eachPiece(of: shape) { piece, from in
        let (x, y) = (place(from, of: step.input), place(from, of: step.output))
        return { kernels.activate(piece, activation, x, into: y) }
      }
    case .multiply:
      let second = step.inputs[1]
      let byChannel = plan.shapes[second] != shape
      return eachPiece(of: shape) { piece, from in
        let (x, y) = (place(from, of: step.input), place(from, of: step.output))
        let other = place(from, of: second)
        return {
          kernels.multiply(piece, x, other, byChannel: byChannel, into: y)
        }
      }
    case .concatenate:
      let inputs = step.inputs.map { (shape: plan.shapes[$0], map: map($0)) }
      let y = map(step.output)
      return [
        {
          var first = 0
          for input in inputs {
            kernels.concatenate(input.shape, input.map, at: first, into: y)
            first += input.shape.channels
          }
        }
      ]
    case .softmax:
      let (x, y) = (map(step.input), map(step.output))
      return [{ kernels.softmax(shape, x, into: y) }]
    case .maxPool, .averagePool, .upsample, .upsampleBilinear: return window(step)
    }
  }

  private func window(_ step: Plan.Step) -> [() -> Void] {
    let kernels = kernels
    let whole = plan.window(step, images: 1)
    return eachPiece(of: plan.shapes[step.output]) { piece, from in
      let (x, y) = (place(from, of: step.input), place(from, of: step.output))
      let window = whole.channels(piece.channels)
      switch step.operation {
      case .maxPool: return { kernels.maxPool(window, x, into: y) }
      case .averagePool:
        return { kernels.averagePool(window, x, into: y) }
      case .upsample: return { kernels.upsample(window, x, into: y) }
      case .upsampleBilinear(_, let alignsCorners):
        return { kernels.upsampleBilinear(window, alignsCorners: alignsCorners, x, into: y) }
      default: preconditionFailure("a window belongs to a pool or an upsampling")
      }
    }
  }

  private func norm(
    _ step: Plan.Step, _ index: Int, groups: Int, weight: Int, bias: Int, relu: Bool
  ) throws(EngineError) -> [() -> Void] {
    let kernels = kernels
    let shape = plan.shapes[step.output]
    let size = shape.channels / groups
    let weights = try channelArray(weight, shape.channels)
    let biases = try channelArray(bias, shape.channels)
    let statistics = maps.start + layout.statistics[index]
    // A part holds whole groups as well as whole blocks.
    let unit = size / greatestCommonDivisor(size, kernels.lanes)
    var part = -1
    return eachPiece(of: shape, unit: unit) { piece, from in
      part += 1
      let (x, y) = (place(from, of: step.input), place(from, of: step.output))
      let other = step.second.map { place(from, of: $0) }
      let sizes = Kernels.Norm(images: 1, shape: piece, groups: piece.channels / size)
      let doubles = UnsafeMutableRawPointer(scratch[part].start)
        .assumingMemoryBound(to: Double.self)
      return {
        kernels.norm(
          sizes, x, residual: other, weight: weights.start + from, bias: biases.start + from,
          relu: relu, into: y, statistics: statistics + from / size * 2, scratch: doubles)
      }
    }
  }

  /// A batch norm by what was learned: a scale and a shift of each channel.
  private func affine(
    _ step: Plan.Step, _ norm: Plan.BatchNorm
  ) throws(EngineError) -> [() -> Void] {
    let kernels = kernels
    let shape = plan.shapes[step.output]
    let weights = try Buffer(count: shape.channels.rounded(to: kernels.lanes))
    let shifts = try Buffer(count: shape.channels.rounded(to: kernels.lanes))
    let loader = { (parameters: BatchNormFold.Folded) in
      let arrays = (norm.weight...norm.variance).map(parameters.values)
      for channel in 0..<shape.channels {
        let scale =
          Double(arrays[0][channel])
          / (Double(arrays[3][channel]) + Double(norm.epsilon)).squareRoot()
        weights.start[channel] = Float(scale)
        shifts.start[channel] = Float(
          Double(arrays[1][channel]) - Double(arrays[2][channel]) * scale)
      }
    }
    loaders.append(loader)
    return eachPiece(of: shape) { piece, from in
      let (x, y) = (place(from, of: step.input), place(from, of: step.output))
      let other = step.second.map { place(from, of: $0) }
      return {
        kernels.affine(
          piece, x, residual: other, weight: weights.start + from, shift: shifts.start + from,
          relu: norm.relu, into: y)
      }
    }
  }

  /// One number for each channel, in whole blocks.
  private func channelArray(
    _ index: Plan.ParameterIndex, _ channels: Int
  ) throws(EngineError) -> Buffer {
    let buffer = try Buffer(count: channels.rounded(to: kernels.lanes))
    let loader = { (parameters: BatchNormFold.Folded) in
      for (channel, value) in parameters.values(index).enumerated() {
        buffer.start[channel] = value
      }
    }
    loaders.append(loader)
    return buffer
  }

  // MARK: Parts

  /// Cuts a map into ranges of channels that are whole blocks, `unit` blocks at least.
  private func eachPiece(
    of shape: Network.Shape, unit: Int = 1,
    _ work: (_ piece: Network.Shape, _ firstChannel: Int) -> () -> Void
  ) -> [() -> Void] {
    // A small map is done before another worker has heard of it.
    let parts = shape.count < Self.worthSharing ? 1 : parts
    return shape.channels.cut(into: parts, by: unit * kernels.lanes).map { range in
      work(
        Network.Shape(channels: range.count, height: shape.height, width: shape.width),
        range.lowerBound)
    }
  }

  /// Numbers of a map below which it stays in one piece.
  private static let worthSharing = 1 << 14
}

extension Int {
  /// Cuts `0..<self` into at most so many ranges that begin at multiples of `step`.
  func cut(into parts: Int, by step: Int) -> [Range<Int>] {
    let steps = (self + step - 1) / step
    let parts = Swift.max(1, Swift.min(parts, steps))
    return (0..<parts).map { part in
      steps * part / parts * step..<Swift.min(self, steps * (part + 1) / parts * step)
    }
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}

extension Kernels.Window {
  /// The same window over some of the channels.
  fileprivate func channels(_ count: Int) -> Self {
    func some(_ shape: Network.Shape) -> Network.Shape {
      Network.Shape(channels: count, height: shape.height, width: shape.width)
    }
    return Self(
      images: images, input: some(input), output: some(output), height: height, width: width,
      stride: stride, padding: padding)
  }
}

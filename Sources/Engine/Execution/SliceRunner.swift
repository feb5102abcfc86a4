/// Learns: runs a network forward and backward on a few images; one per thread.
///
/// Owns the primitives, the scratch and, where there is one region, the gradients between layers.
/// What outlives one call, the activations and the packed weights, is handed in.
final class SliceRunner {
  let plan: Plan
  let kernels: Kernels
  /// Images in a slice.
  let images: Int
  /// By step; nil for steps that are no convolution.
  let convolutions: [SliceConvolution?]
  let activations: ActivationLayout
  private let backwardPlan: BackwardPlan
  /// Floats of the gradients of a slice's maps.
  var slopeCount: Int { backwardPlan.count }
  private let regions: [Range<Int>]
  /// For slices that need not keep their own.
  private let slopes: Buffer
  private let scratch: Buffer
  /// Maps that a slice does not keep, and the place of the one that there is.
  private let transient: Set<Plan.MapIndex>
  private let passing: Buffer

  /// Compiles the steps of a plan for learning, for slices of so many images.
  init(_ plan: Plan, images: Int, lanes: Int = convolutionLanes()) throws(EngineError) {
    self.plan = plan
    self.images = images
    let kernels = Kernels(lanes: lanes)
    self.kernels = kernels
    transient = plan.transient
    activations = ActivationLayout(
      plan, images: images, lanes: lanes, kept: plan.kept, transient: plan.transient)
    passing = try Buffer(
      count: transient.map { [activations] in activations.counts[$0] }.max() ?? 0)
    let learns = plan.learns
    convolutions = try withoutOpenMPTeam { () throws(EngineError) in
      let context = try DnnlContext()
      var convolutions: [SliceConvolution?] = []
      for step in plan.steps {
        guard let geometry = Self.geometry(of: step, in: plan, images: images, lanes: lanes) else {
          convolutions.append(nil)
          continue
        }
        convolutions.append(
          try SliceConvolution(
            geometry, in: context, kernels: kernels, inputGradient: learns[step.input]))
      }
      return convolutions
    }
    let widest = plan.shapes.map(\.channels).max() ?? 0
    scratch = try Buffer(count: 2 * kernels.normScratch(channels: widest))
    backwardPlan = BackwardPlan(plan) { [activations] in activations.counts[$0] }
    regions = plan.regions
    slopes = try Buffer(count: regions.count == 1 ? backwardPlan.count : 0)
  }

  private static func geometry(
    of step: Plan.Step, in plan: Plan, images: Int, lanes: Int
  ) -> ConvolutionGeometry? {
    guard case .convolution(let convolution) = step.operation else { return nil }
    return ConvolutionGeometry(
      images: images, input: plan.shapes[step.input], output: plan.shapes[step.output],
      kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
      bias: convolution.bias != nil, inputIsPlain: step.input == 0 && plan.imageIsPlain,
      lanes: lanes)
  }

  /// Convolutions by the array that is their weight, for ``ParameterLayout``.
  var convolutionsByWeight: [Int: SliceConvolution] {
    var result: [Int: SliceConvolution] = [:]
    for (step, convolution) in zip(plan.steps, convolutions) {
      if case .convolution(let sizes) = step.operation { result[sizes.weight] = convolution }
    }
    return result
  }

  // MARK: Forward

  /// Computes the slice's maps of one region from its images.
  ///
  /// - Parameters:
  ///   - region: of the plan's, in their order.
  ///   - source: `present` images, `[channels, height, width]` each.
  ///   - present: how many of the slice's images there are; the rest are taken as zero.
  ///   - weights: packed as the layout's `forward`.
  ///   - slice: gets the maps.
  ///   - norms: of the steps that are batch norms; the region's own has added up, the next one's
  ///     gets the slice's part.
  ///   - cancellation: looked at before every step.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``, ``EngineError/cancelled``.
  func forward(
    region: Range<Int>, _ source: UnsafePointer<Float>, present: Int, weights: PackedWeights,
    slice: Slice, norms: [Int: BatchStatistics], unless cancellation: Cancellation
  ) throws(EngineError) {
    if region.lowerBound == 0 { fillImage(source, present: present, slice: slice) }
    for index in region {
      try cancellation.check()
      let step = plan.steps[index]
      let x = map(step.input, of: slice)
      let y = map(step.output, of: slice)
      switch step.operation {
      case .convolution(let sizes):
        try convolutions[index]?.forward(
          x, weights: weights.forward(sizes.weight), bias: sizes.bias.map(weights.forward), into: y)
      case .norm(let groups, let weight, let bias, let relu):
        kernels.norm(
          norm(step, groups), x, residual: step.second.map { map($0, of: slice) },
          weight: weights.forward(weight), bias: weights.forward(bias), relu: relu, into: y,
          statistics: slice.statistics(index), scratch: doubles)
      case .sum(let relu):
        kernels.sum(
          activations.counts[step.output], x, step.second.map { map($0, of: slice) }, relu: relu,
          into: y)
      case .maxPool: kernels.maxPool(window(step), x, into: y)
      case .averagePool: kernels.averagePool(window(step), x, into: y)
      case .upsample: kernels.upsample(window(step), x, into: y)
      case .batchNorm: apply(index, of: slice, norms: norms)
      case .activation, .multiply, .concatenate, .softmax, .upsampleBilinear:
        preconditionFailure("a network that learns was checked to have only what can")
      }
    }
    guard let next = norms[region.upperBound] else { return }
    let step = plan.steps[region.upperBound]
    let (means, squares) = next.parts(of: slice.index)
    kernels.batchMoments(
      norm(step, 1), map(step.input, of: slice), means: means, squares: squares, scratch: doubles)
  }

  /// What a batch norm leaves.
  private func apply(_ index: Int, of slice: Slice, norms: [Int: BatchStatistics]) {
    let step = plan.steps[index]
    guard let norm = norms[index] else { preconditionFailure("every batch norm adds up") }
    kernels.batchApply(
      self.norm(step, 1), map(step.input, of: slice),
      residual: step.second.map { map($0, of: slice) }, means: norm.means, scales: norm.scales,
      shifts: norm.shifts, relu: norm.operation.relu, into: map(step.output, of: slice))
  }

  private func map(_ index: Plan.MapIndex, of slice: Slice) -> Floats {
    transient.contains(index) ? passing.start : slice.map(index)
  }

  private func fillImage(_ source: UnsafePointer<Float>, present: Int, slice: Slice) {
    let image = slice.map(0)
    if present < images { image.update(repeating: 0, count: activations.counts[0]) }
    if plan.imageIsPlain {
      image.update(from: source, count: present * plan.shapes[0].count)
    } else {
      kernels.pack(source, images: present, plan.shapes[0], into: image)
    }
  }

  /// Copies the output of the slice's first images out, `[channels, height, width]` each.
  func unpackOutput(of slice: Slice, present: Int, into output: Floats) {
    kernels.unpack(
      slice.map(plan.output), images: present, plan.shapes[plan.output], into: output)
  }

  // MARK: Backward

  /// Computes the slice's gradient of every array that a region uses.
  ///
  /// - Parameters:
  ///   - region: of the plan's, in reverse order.
  ///   - slope: gradient of the output of `present` images, `[channels, height, width]` each.
  ///   - present: how many of the slice's images there are; the rest get gradient zero.
  ///   - weights: packed as the layout's `forward` and `backward`.
  ///   - slice: has the maps of the forward pass, gets the gradient.
  ///   - norms: of the steps that are batch norms; the next region's has added up, the region's own
  ///     gets the slice's part.
  ///   - cancellation: looked at before every step.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``, ``EngineError/cancelled``.
  func backward(
    region: Range<Int>, _ slope: UnsafePointer<Float>, present: Int, weights: PackedWeights,
    slice: Slice, norms: [Int: BatchStatistics], unless cancellation: Cancellation
  ) throws(EngineError) {
    let slopes = slice.slopes ?? slopes
    if region.upperBound == plan.steps.count {
      let output = slopes.start + backwardPlan.offsets[plan.output]
      if present < images { output.update(repeating: 0, count: activations.counts[plan.output]) }
      kernels.pack(slope, images: present, plan.shapes[plan.output], into: output)
    }
    func target(_ target: BackwardPlan.Target) -> Kernels.Target {
      (slopes.start + backwardPlan.offsets[target.map], target.adds)
    }
    // Made again from what was kept.
    if let first = plan.steps[region].first, transient.contains(first.output) {
      apply(region.lowerBound, of: slice, norms: norms)
    }
    // The next region's norm comes first: now it knows the whole batch.
    for reverse in backwardPlan.steps
    where region.contains(reverse.index) || reverse.index == region.upperBound {
      try cancellation.check()
      let step = plan.steps[reverse.index]
      let dy = slopes.start + backwardPlan.offsets[step.output]
      let dx = reverse.input.map(target)
      let dsecond = reverse.second.map(target)
      let x = map(step.input, of: slice)
      let y = map(step.output, of: slice)
      switch step.operation {
      case .convolution(let sizes):
        guard let convolution = convolutions[reverse.index] else { continue }
        try convolution.backwardWeights(
          x, dy, into: slice.gradient(sizes.weight), bias: sizes.bias.map(slice.gradient))
        guard let dx else { continue }
        let weights = weights.backward(sizes.weight)
        guard dx.adds, !convolution.addsInputGradient, let spare = reverse.spare else {
          try convolution.backwardData(dy, weights: weights, into: dx)
          continue
        }
        let place = slopes.start + spare
        try convolution.backwardData(dy, weights: weights, into: (place, false))
        kernels.gate(activations.counts[step.input], slope: place, rectified: nil, into: dx)
      case .norm(let groups, let weight, let bias, let relu):
        kernels.normBackward(
          norm(step, groups), x, rectified: relu ? y : nil,
          statistics: slice.statistics(reverse.index), weight: weights.forward(weight), slope: dy,
          into: dx, residual: dsecond, weightGradient: slice.gradient(weight),
          biasGradient: slice.gradient(bias), scratch: doubles)
      case .sum(let relu):
        for case let target? in [dsecond, dx] {
          kernels.gate(
            activations.counts[step.output], slope: dy, rectified: relu ? y : nil, into: target)
        }
      case .maxPool:
        if let dx { kernels.maxPoolBackward(window(step), x, y, slope: dy, into: dx) }
      case .averagePool:
        if let dx { kernels.averagePoolBackward(window(step), slope: dy, into: dx) }
      case .upsample: if let dx { kernels.upsampleBackward(window(step), slope: dy, into: dx) }
      case .batchNorm(let operation):
        guard let norm = norms[reverse.index] else {
          preconditionFailure("every batch norm adds up")
        }
        if reverse.index == region.upperBound {
          guard let dx else { continue }
          kernels.batchSpread(
            self.norm(step, 1), x, slope: dy, means: norm.means, norm.slopeFactors,
            norm.differenceFactors, norm.constants, into: dx)
        } else {
          let (sums, products) = norm.parts(of: slice.index)
          kernels.batchGather(
            self.norm(step, 1), x, rectified: operation.relu ? y : nil, slope: dy,
            means: norm.means, residual: dsecond, sums: sums, products: products,
            scratch: doubles)
        }
      case .activation, .multiply, .concatenate, .softmax, .upsampleBilinear:
        preconditionFailure("a network that learns was checked to have only what can")
      }
    }
  }

  // MARK: Sizes

  private var doubles: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(scratch.start).assumingMemoryBound(to: Double.self)
  }

  private func norm(_ step: Plan.Step, _ groups: Int) -> Kernels.Norm {
    Kernels.Norm(images: images, shape: plan.shapes[step.input], groups: groups)
  }

  private func window(_ step: Plan.Step) -> Kernels.Window { plan.window(step, images: images) }
}

extension Plan {
  /// Sizes of a pool or an upsampling.
  func window(_ step: Step, images: Int) -> Kernels.Window {
    let sizes: (height: Int, width: Int, stride: Int, padding: Int) =
      switch step.operation {
      case .maxPool(let kernel, let stride, let padding): (kernel, kernel, stride, padding)
      case .averagePool(let height, let width, let stride, let padding):
        (height, width, stride, padding)
      case .upsample(let factor), .upsampleBilinear(let factor, _): (factor, factor, factor, 0)
      default: preconditionFailure("a window belongs to a pool or an upsampling")
      }
    return Kernels.Window(
      images: images, input: shapes[step.input], output: shapes[step.output],
      height: sizes.height, width: sizes.width, stride: sizes.stride, padding: sizes.padding)
  }
}

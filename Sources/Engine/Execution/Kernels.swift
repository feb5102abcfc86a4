import CEngine

typealias Floats = UnsafeMutablePointer<Float>

/// The C kernels for this processor; the only Swift that calls them.
///
/// Maps are blocked by ``lanes`` channels. Shapes are those of one image.
struct Kernels {
  let lanes: Int
  let table: CEKernels

  /// What a processor can do, weakest first.
  enum InstructionSet: UInt32, CaseIterable {
    case baseline, avx2, avx512

    static var best: Self { Self(rawValue: ce_instruction_set().rawValue) ?? .baseline }
  }

  /// Kernels for a set that the processor has; 8 or 16 lanes.
  init(lanes: Int, _ set: InstructionSet = .best) {
    guard let table = ce_kernels(CEInstructionSet(rawValue: set.rawValue), Int32(lanes)) else {
      preconditionFailure("kernels have 8 or 16 lanes")
    }
    self.lanes = lanes
    self.table = table.pointee
  }

  /// Sizes of a group norm, and what its normalisation adds to the variance.
  struct Norm: Equatable {
    static let epsilon: Float = 1e-5
    let images: Int
    let shape: Network.Shape
    let groups: Int

    var sizes: CENorm {
      CENorm(
        images: Int64(images), channels: Int64(shape.channels), pixels: Int64(shape.cells),
        groups: Int64(groups), epsilon: Self.epsilon)
    }
  }

  /// Sizes of a sliding window, or of an upsampling (whose factor is the stride).
  struct Window: Equatable {
    let images: Int
    let input: Network.Shape
    let output: Network.Shape
    let height: Int
    let width: Int
    let stride: Int
    let padding: Int

    fileprivate var sizes: CEWindow {
      CEWindow(
        images: Int64(images), channels: Int64(input.channels), height: Int64(input.height),
        width: Int64(input.width), outHeight: Int64(output.height),
        outWidth: Int64(output.width), kernelHeight: Int64(height), kernelWidth: Int64(width),
        stride: Int64(stride), padding: Int64(padding))
    }
  }

  /// Doubles of scratch that a norm of so many channels needs, forward or backward.
  func normScratch(channels: Int) -> Int { 6 * channels.rounded(to: lanes) }

  func norm(
    _ norm: Norm, _ x: Floats, residual: Floats?, weight: Floats, bias: Floats, relu: Bool,
    into y: Floats, statistics: Floats, scratch: UnsafeMutablePointer<Double>
  ) {
    var sizes = norm.sizes
    table.norm_forward(&sizes, x, residual, weight, bias, relu, y, statistics, scratch)
  }

  /// A gradient's place, and whether something is there already.
  typealias Target = (at: Floats, adds: Bool)

  func normBackward(
    _ norm: Norm, _ x: Floats, rectified y: Floats?, statistics: Floats, weight: Floats,
    slope: Floats, into dx: Target?, residual: Target?, weightGradient: Floats,
    biasGradient: Floats, scratch: UnsafeMutablePointer<Double>
  ) {
    var sizes = norm.sizes
    table.norm_backward(
      &sizes, x, y, statistics, weight, slope, dx?.at, dx?.adds ?? false, residual?.at,
      residual?.adds ?? false, weightGradient, biasGradient, scratch)
  }

  func maxPool(_ window: Window, _ x: Floats, into y: Floats) {
    var sizes = window.sizes
    table.max_pool_forward(&sizes, x, y)
  }

  func maxPoolBackward(
    _ window: Window, _ x: Floats, _ y: Floats, slope: Floats, into dx: Target
  ) {
    var sizes = window.sizes
    table.max_pool_backward(&sizes, x, y, slope, dx.at, dx.adds)
  }

  func averagePool(_ window: Window, _ x: Floats, into y: Floats) {
    var sizes = window.sizes
    table.average_pool_forward(&sizes, x, y)
  }

  func averagePoolBackward(_ window: Window, slope: Floats, into dx: Target) {
    var sizes = window.sizes
    table.average_pool_backward(&sizes, slope, dx.at, dx.adds)
  }

  func upsample(_ window: Window, _ x: Floats, into y: Floats) {
    var sizes = window.sizes
    table.upsample_forward(&sizes, x, y)
  }

  func upsampleBackward(_ window: Window, slope: Floats, into dx: Target) {
    var sizes = window.sizes
    table.upsample_backward(&sizes, slope, dx.at, dx.adds)
  }

  func upsampleBilinear(_ window: Window, alignsCorners: Bool, _ x: Floats, into y: Floats) {
    var sizes = window.sizes
    table.upsample_bilinear(&sizes, alignsCorners, x, y)
  }

  /// `y = x · weight + shift`, plus the residual, then ReLU where told; for one image.
  func affine(
    _ shape: Network.Shape, _ x: Floats, residual: Floats?, weight: Floats, shift: Floats,
    relu: Bool, into y: Floats
  ) {
    table.affine(
      1, Int64(shape.channels), Int64(shape.cells), x, residual, weight, shift, relu, y)
  }

  /// A curve over the numbers of one image.
  func activate(
    _ shape: Network.Shape, _ activation: Network.Activation, _ x: Floats, into y: Floats
  ) {
    var curve = activation.curve
    table.activate(&curve, 1, Int64(shape.channels), Int64(shape.cells), x, y)
  }

  /// One image times another, or times one number for each channel.
  func multiply(
    _ shape: Network.Shape, _ a: Floats, _ b: Floats, byChannel: Bool, into y: Floats
  ) {
    table.product(1, Int64(shape.channels), Int64(shape.cells), a, b, byChannel, y)
  }

  /// Copies one image's channels to where they begin in a wider image; the first come first.
  func concatenate(_ shape: Network.Shape, _ x: Floats, at first: Int, into y: Floats) {
    table.concatenate(Int64(shape.channels), Int64(shape.cells), x, Int64(first), y)
  }

  func softmax(_ shape: Network.Shape, _ x: Floats, into y: Floats) {
    table.softmax(1, Int64(shape.channels), Int64(shape.cells), x, y)
  }

  /// `[images, channels, pixels]` to blocks; spare lanes become zero.
  func pack(
    _ plain: UnsafePointer<Float>, images: Int, _ shape: Network.Shape, into blocked: Floats
  ) {
    table.pack(Int64(images), Int64(shape.channels), Int64(shape.cells), plain, blocked)
  }

  func unpack(
    _ blocked: Floats, images: Int, _ shape: Network.Shape, into plain: Floats
  ) {
    table.unpack(Int64(images), Int64(shape.channels), Int64(shape.cells), blocked, plain)
  }

  /// `y = a + b`, then ReLU where told.
  func sum(_ count: Int, _ a: Floats, _ b: Floats?, relu: Bool, into y: Floats) {
    table.sum(Int64(count), a, b, relu, y)
  }

  /// Lets a gradient through where `y` is above 0, everywhere if there is none.
  func gate(_ count: Int, slope: Floats, rectified y: Floats?, into dx: Target) {
    table.gate(Int64(count), slope, y, dx.at, dx.adds)
  }

  /// Adds equal parts in their order; they lie `stride` floats apart.
  func sumParts(_ count: Int, parts: Int, stride: Int, _ first: Floats, into total: Floats) {
    table.sum_parts(Int64(count), Int64(parts), Int64(stride), first, total)
  }

  func squares(_ count: Int, _ x: Floats) -> Double { table.squares(Int64(count), x) }

  func scale(_ count: Int, _ x: Floats, by factor: Float) { table.scale(Int64(count), factor, x) }

  /// Adds `strength · (weight − anchor)` to the gradient.
  func pull(
    _ count: Int, strength: Float, _ weight: Floats, to anchor: Floats, gradient: Floats
  ) {
    table.pull(Int64(count), strength, weight, anchor, gradient)
  }

  /// One step of the optimiser on `count` weights; `step` counts from 1.
  func update(
    _ optimizer: Optimizer, step: Int, learningRate: Float, decays: Bool, _ count: Int,
    gradient: Floats, weight: Floats, slots: [Floats]
  ) {
    switch optimizer {
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      var rates = CEAdamW(
        learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        decay: decays ? decay : 0, correction1: Optimizer.correction(beta1, step),
        correction2: Optimizer.correction(beta2, step))
      table.adamw(Int64(count), &rates, gradient, weight, slots[0], slots[1])
    case .sgd(let momentum, let decay):
      var rates = CEMomentum(
        learningRate: learningRate, momentum: momentum, decay: decays ? decay : 0)
      table.momentum(Int64(count), &rates, gradient, weight, slots[0])
    }
  }
}

extension Network.Activation {
  fileprivate var curve: CECurve {
    switch self {
    case .sigmoid: CECurve(kind: CE_SIGMOID, a: 0, b: 0)
    case .swish: CECurve(kind: CE_SWISH, a: 0, b: 0)
    case .hardSigmoid(let slope, let offset): CECurve(kind: CE_HARD_SIGMOID, a: slope, b: offset)
    case .hardSwish: CECurve(kind: CE_HARD_SWISH, a: 1.0 / 6, b: 0.5)
    case .clip(let low, let high): CECurve(kind: CE_CLIP, a: low, b: high)
    case .leakyRelu(let slope): CECurve(kind: CE_LEAKY, a: slope, b: 0)
    }
  }
}

/// Runs a body with OpenMP held to one thread, and gives the thread back as it was.
///
/// oneDNN asks OpenMP both when a primitive is made and when it runs; its team would spin between
/// calls and take the processor from everyone else.
func withoutOpenMPTeam<Result>(
  _ body: () throws(EngineError) -> Result
) throws(EngineError) -> Result {
  let before = ce_set_openmp_threads(1)
  defer { if before > 0 { _ = ce_set_openmp_threads(before) } }
  return try body()
}

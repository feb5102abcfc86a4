/// One convolution of a network that learns, for a slice of images; used by one thread at a time.
///
/// By own kernels where that pays, for each direction by itself; else by oneDNN.
final class SliceConvolution {
  /// Floats of the weights as the forward pass wants them.
  let forwardCount: Int
  /// Floats of the weights as the gradient of the input wants them; 0 where nobody asks for it.
  let backwardCount: Int
  /// Floats of the weights' gradient as it is left.
  let gradientCount: Int

  private let kernels: Kernels
  /// Nil where own kernels do it all.
  private let dnnl: DnnlConvolution?
  private let output: Kernels.Convolution?
  private let inputGradient: Kernels.Convolution?
  private let weightGradient: Kernels.Convolution?
  /// Of the thread; all its convolutions share the scratch.
  private let context: DnnlContext
  private var scratch: Floats {
    guard let scratch = context.scratchpad else { preconditionFailure("scratch was reserved") }
    return scratch.assumingMemoryBound(to: Float.self)
  }

  /// - Parameters:
  ///   - geometry: sizes of a slice.
  ///   - context: of the thread that runs it.
  ///   - kernels: of the geometry's lanes.
  ///   - isWanted: whether somebody asks for the gradient of the input.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``, ``EngineError/outOfMemory(bytes:)``.
  init(
    _ geometry: ConvolutionGeometry, in context: DnnlContext, kernels: Kernels,
    inputGradient isWanted: Bool
  ) throws(EngineError) {
    self.kernels = kernels
    self.context = context
    let algorithm = ConvolutionAlgorithm(learning: geometry)
    let output = Kernels.Convolution(geometry, by: algorithm)
    let inputGradient = geometry.stride == 1 ? output : nil
    // The gradient of a bias it does not know; a bias is rare before a norm.
    let weightGradient = algorithm == .winograd2 || geometry.bias ? nil : output
    self.output = output
    self.inputGradient = inputGradient
    self.weightGradient = weightGradient
    let isLibrarys = isWanted && inputGradient == nil
    let dnnl =
      output == nil || weightGradient == nil || isLibrarys
      ? try DnnlConvolution(
        geometry, in: context, training: true, inputGradient: isLibrarys)
      : nil
    self.dnnl = dnnl
    gradientCount =
      weightGradient.map(kernels.convolutionGradientCount) ?? dnnl?.gradientCount ?? 0
    forwardCount =
      output.map { kernels.convolutionWeightCount($0, .forward) } ?? dnnl?.forwardCount ?? 0
    backwardCount =
      isWanted
      ? inputGradient.map { kernels.convolutionWeightCount($0, .backward) }
        ?? dnnl?.backwardCount ?? 0
      : 0
    let floats = max(
      output.map { kernels.convolutionScratch($0, .forward) } ?? 0,
      inputGradient.map { kernels.convolutionScratch($0, .backward) } ?? 0,
      weightGradient.map(kernels.convolutionGradientScratch) ?? 0)
    try context.reserve(bytes: floats * MemoryLayout<Float>.stride)
  }

  /// Whether the gradient of the input can be added to what is there.
  var addsInputGradient: Bool { inputGradient != nil }

  func forward(
    _ x: Floats, weights: Floats, bias: Floats?, into y: Floats
  ) throws(EngineError) {
    guard let output else {
      try dnnl?.forward(x, weights: weights, bias: bias, into: y)
      return
    }
    kernels.convolutionForward(
      output, x, weights: weights, bias: bias, residual: nil, relu: false, into: y,
      scratch: scratch)
  }

  /// The gradient of the input; adds only where ``addsInputGradient``.
  func backwardData(
    _ slope: Floats, weights: Floats, into dx: Kernels.Target
  ) throws(EngineError) {
    guard let inputGradient else {
      precondition(!dx.adds, "oneDNN overwrites")
      try dnnl?.backwardData(slope, weights: weights, into: dx.at)
      return
    }
    kernels.convolutionBackward(
      inputGradient, slope: slope, weights: weights, into: dx, scratch: scratch)
  }

  /// Overwrites the gradients of weights and bias.
  func backwardWeights(
    _ x: Floats, _ slope: Floats, into place: Floats, bias: Floats?
  ) throws(EngineError) {
    if let weightGradient {
      kernels.convolutionGradient(
        weightGradient, x, slope: slope, into: place, scratch: scratch)
    } else {
      try dnnl?.backwardWeights(x, slope, into: place, bias: bias)
    }
  }

  /// Takes a part of `[outputs, inputs, kernel, kernel]` for the forward pass; oneDNN takes all
  /// with the first.
  func packForward(
    _ plain: Floats, into packed: Floats, part: Kernels.Part
  ) throws(EngineError) {
    if let output {
      kernels.convolutionWeights(output, .forward, plain, into: packed, part: part)
    } else if part.index == 0 {
      try dnnl?.packForward(plain, into: packed)
    }
  }

  /// Takes the same for the gradient of the input; does nothing where nobody asks for it.
  func packBackward(
    _ plain: Floats, into packed: Floats, part: Kernels.Part
  ) throws(EngineError) {
    guard backwardCount > 0 else { return }
    if let inputGradient {
      kernels.convolutionWeights(inputGradient, .backward, plain, into: packed, part: part)
    } else if part.index == 0 {
      try dnnl?.packBackward(plain, into: packed)
    }
  }

  /// Whether the gradient of the weights is left as `[outputs, inputs, kernel, kernel]`.
  var leavesPlainGradient: Bool { weightGradient?.tile == 4 }

  /// Where it is not, makes it so.
  func unpackGradient(_ packed: Floats, into plain: Floats) throws(EngineError) {
    if let weightGradient {
      kernels.convolutionGradientUnpack(weightGradient, packed, into: plain)
    } else {
      try dnnl?.unpackGradient(packed, into: plain)
    }
  }
}

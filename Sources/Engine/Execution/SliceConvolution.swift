/// One convolution of a network that learns, for a slice of images; used by one thread at a time.
///
/// By Winograd's algorithm where that pays, for each direction by itself; else by oneDNN.
final class SliceConvolution {
  /// Floats of the weights as the forward pass wants them.
  let forwardCount: Int
  /// Floats of the weights as the gradient of the input wants them; 0 where nobody asks for it.
  let backwardCount: Int
  /// Floats of the weights' gradient as it is left.
  let gradientCount: Int

  private let kernels: Kernels
  /// Nil where Winograd's algorithm does it all.
  private let dnnl: DnnlConvolution?
  /// For the output and the gradient of the input.
  private let winograd: Kernels.Convolution?
  /// For the gradient of the weights.
  private let gradient: Kernels.Convolution?
  /// Numbers of the weight.
  private let weightCount: Int
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
  ///   - inputGradient: whether somebody asks for the gradient of the input.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``, ``EngineError/outOfMemory(bytes:)``.
  init(
    _ geometry: ConvolutionGeometry, in context: DnnlContext, kernels: Kernels,
    inputGradient: Bool
  ) throws(EngineError) {
    self.kernels = kernels
    let winograd = Self.pays(geometry) ? Kernels.Convolution(geometry, by: .winograd4) : nil
    // The gradient of a bias it does not know; a bias is rare before a norm.
    let gradient = geometry.bias ? nil : winograd
    self.winograd = winograd
    self.gradient = gradient
    weightCount =
      geometry.output.channels * geometry.input.channels * geometry.kernel * geometry.kernel
    let dnnl =
      gradient == nil
      ? try DnnlConvolution(
        geometry, in: context, training: true, inputGradient: inputGradient && winograd == nil)
      : nil
    self.dnnl = dnnl
    gradientCount = dnnl?.gradientCount ?? weightCount
    if let winograd {
      forwardCount = kernels.convolutionWeightCount(winograd, .forward)
      backwardCount = inputGradient ? kernels.convolutionWeightCount(winograd, .backward) : 0
    } else {
      forwardCount = dnnl?.forwardCount ?? 0
      backwardCount = dnnl?.backwardCount ?? 0
    }
    self.context = context
    let floats = max(
      winograd.map { kernels.convolutionScratch($0, .forward) } ?? 0,
      winograd.map { kernels.convolutionScratch($0, .backward) } ?? 0,
      gradient.map(kernels.winogradGradientScratch) ?? 0)
    try context.reserve(bytes: floats * MemoryLayout<Float>.stride)
  }

  /// Whether Winograd's algorithm is faster than the direct sum.
  ///
  /// Measured, it is up to 256 channels. Beyond, the weights, four times as many, come from memory
  /// for a few tiles only. A fixed rule, so that any machine takes the same way.
  private static func pays(_ geometry: ConvolutionGeometry) -> Bool {
    geometry.input.channels <= 256 && geometry.output.channels <= 256
  }

  /// Whether the gradient of the input can be added to what is there.
  var addsInputGradient: Bool { winograd != nil }

  func forward(
    _ x: Floats, weights: Floats, bias: Floats?, into y: Floats
  ) throws(EngineError) {
    guard let winograd else {
      try dnnl?.forward(x, weights: weights, bias: bias, into: y)
      return
    }
    kernels.convolutionForward(
      winograd, x, weights: weights, bias: bias, residual: nil, relu: false, into: y,
      scratch: scratch)
  }

  /// The gradient of the input; adds only where ``addsInputGradient``.
  func backwardData(
    _ slope: Floats, weights: Floats, into dx: Kernels.Target
  ) throws(EngineError) {
    guard let winograd else {
      precondition(!dx.adds, "oneDNN overwrites")
      try dnnl?.backwardData(slope, weights: weights, into: dx.at)
      return
    }
    kernels.convolutionBackward(
      winograd, slope: slope, weights: weights, rectified: nil, into: dx,
      scratch: scratch)
  }

  /// Overwrites the gradients of weights and bias.
  func backwardWeights(
    _ x: Floats, _ slope: Floats, into place: Floats, bias: Floats?
  ) throws(EngineError) {
    if let gradient {
      kernels.winogradGradient(gradient, x, slope: slope, into: place, scratch: scratch)
    } else {
      try dnnl?.backwardWeights(x, slope, into: place, bias: bias)
    }
  }

  /// Takes `[outputs, inputs, kernel, kernel]` for the forward pass.
  func packForward(_ plain: Floats, into packed: Floats) throws(EngineError) {
    if let winograd {
      kernels.convolutionWeights(winograd, .forward, plain, into: packed)
    } else {
      try dnnl?.packForward(plain, into: packed)
    }
  }

  /// Takes the same for the gradient of the input; does nothing where nobody asks for it.
  func packBackward(_ plain: Floats, into packed: Floats) throws(EngineError) {
    guard backwardCount > 0 else { return }
    if let winograd {
      kernels.convolutionWeights(winograd, .backward, plain, into: packed)
    } else {
      try dnnl?.packBackward(plain, into: packed)
    }
  }

  func unpackGradient(_ packed: Floats, into plain: Floats) throws(EngineError) {
    if gradient == nil {
      try dnnl?.unpackGradient(packed, into: plain)
    } else {
      plain.update(from: packed, count: weightCount)
    }
  }
}

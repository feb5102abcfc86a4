/// One convolution of a network that learns, for a slice of images; used by one thread at a time.
///
/// Output and input's gradient by Winograd's algorithm where that pays, all else by oneDNN.
final class SliceConvolution {
  /// Floats of the weights as the forward pass wants them.
  let forwardCount: Int
  /// Floats of the weights as the gradient of the input wants them; 0 where nobody asks for it.
  let backwardCount: Int
  /// Floats of the weights' gradient.
  var gradientCount: Int { dnnl.gradientCount }

  private let kernels: Kernels
  private let dnnl: DnnlConvolution
  private let winograd: Kernels.Winograd?
  private let scratch: Buffer

  /// - Parameters:
  ///   - geometry: sizes of a slice.
  ///   - context: of the thread that runs it.
  ///   - kernels: of the geometry's lanes.
  ///   - inputGradient: whether somebody asks for the gradient of the input.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``.
  init(
    _ geometry: ConvolutionGeometry, in context: DnnlContext, kernels: Kernels,
    inputGradient: Bool
  ) throws(EngineError) {
    self.kernels = kernels
    let winograd = Kernels.Winograd(geometry).flatMap { $0.pays ? $0 : nil }
    self.winograd = winograd
    dnnl = try DnnlConvolution(
      geometry, in: context, training: true, inputGradient: inputGradient && winograd == nil)
    if let winograd {
      forwardCount = kernels.winogradWeightCount(winograd, .forward)
      backwardCount = inputGradient ? kernels.winogradWeightCount(winograd, .backward) : 0
      scratch = try Buffer(count: kernels.winogradScratch(winograd))
    } else {
      forwardCount = dnnl.forwardCount
      backwardCount = dnnl.backwardCount
      scratch = try Buffer(count: 0)
    }
  }

  /// Whether the gradient of the input can be added to what is there.
  var addsInputGradient: Bool { winograd != nil }

  func forward(
    _ x: Floats, weights: Floats, bias: Floats?, into y: Floats
  ) throws(EngineError) {
    guard let winograd else {
      return try dnnl.forward(x, weights: weights, bias: bias, into: y)
    }
    kernels.winogradForward(
      winograd, x, weights: weights, bias: bias, residual: nil, relu: false, into: y,
      scratch: scratch.start)
  }

  /// The gradient of the input; adds only where ``addsInputGradient``.
  func backwardData(
    _ slope: Floats, weights: Floats, into dx: Kernels.Target
  ) throws(EngineError) {
    guard let winograd else {
      precondition(!dx.adds, "oneDNN overwrites")
      return try dnnl.backwardData(slope, weights: weights, into: dx.at)
    }
    kernels.winogradBackward(
      winograd, slope: slope, weights: weights, rectified: nil, into: dx,
      scratch: scratch.start)
  }

  /// Overwrites the gradients of weights and bias.
  func backwardWeights(
    _ x: Floats, _ slope: Floats, into gradient: Floats, bias: Floats?
  ) throws(EngineError) {
    try dnnl.backwardWeights(x, slope, into: gradient, bias: bias)
  }

  /// Takes `[outputs, inputs, kernel, kernel]` for the forward pass.
  func packForward(_ plain: Floats, into packed: Floats) throws(EngineError) {
    guard let winograd else { return try dnnl.packForward(plain, into: packed) }
    kernels.winogradWeights(winograd, .forward, plain, into: packed)
  }

  /// Takes the same for the gradient of the input; does nothing where nobody asks for it.
  func packBackward(_ plain: Floats, into packed: Floats) throws(EngineError) {
    guard backwardCount > 0 else { return }
    guard let winograd else { return try dnnl.packBackward(plain, into: packed) }
    kernels.winogradWeights(winograd, .backward, plain, into: packed)
  }

  func unpackGradient(_ packed: Floats, into plain: Floats) throws(EngineError) {
    try dnnl.unpackGradient(packed, into: plain)
  }
}

/// Some tiles of one convolution by Winograd's algorithm; used by one worker at a time.
final class WinogradPart {
  private let weights: WinogradWeights
  private let part: Kernels.Part
  private let source: Floats
  private let other: Floats?
  private let destination: Floats
  private let scratch: Buffer

  init(
    _ weights: WinogradWeights, _ part: Kernels.Part, source: Floats, other: Floats?,
    destination: Floats
  ) throws(EngineError) {
    self.weights = weights
    self.part = part
    self.source = source
    self.other = other
    self.destination = destination
    scratch = try Buffer(count: weights.kernels.winogradScratch(weights.sizes))
  }

  /// Takes the weights from parameters of the plan's network, for all parts at once.
  func load(_ parameters: BatchNormFold.Folded) throws(EngineError) {
    if part.index == 0 { try weights.load(parameters) }
  }

  func run() {
    weights.kernels.winogradForward(
      weights.sizes, source, weights: weights.transformed.start, bias: weights.biases?.start,
      residual: other, relu: weights.compiler.convolution.relu, into: destination, part: part,
      scratch: scratch.start)
  }
}

/// What the parts of one convolution read.
final class WinogradWeights {
  let compiler: ConvolutionCompiler
  let sizes: Kernels.Winograd
  let transformed: Buffer
  let biases: Buffer?

  var kernels: Kernels { compiler.kernels }

  init(_ compiler: ConvolutionCompiler, _ sizes: Kernels.Winograd) throws(EngineError) {
    self.compiler = compiler
    self.sizes = sizes
    transformed = try Buffer(count: compiler.kernels.winogradWeightCount(sizes, .forward))
    biases =
      compiler.convolution.bias == nil
      ? nil : try Buffer(count: sizes.output.channels.rounded(to: compiler.kernels.lanes))
  }

  func load(_ parameters: BatchNormFold.Folded) throws(EngineError) {
    let channels = 0..<sizes.output.channels
    let plain = try compiler.weights(in: parameters, of: channels)
    kernels.winogradWeights(sizes, .forward, plain.start, into: transformed.start)
    biases?.fill(from: compiler.biases(in: parameters, of: channels))
  }
}

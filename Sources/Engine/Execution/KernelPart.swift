/// A part of one convolution by an own kernel; used by one worker at a time.
final class KernelPart {
  private let weights: KernelWeights
  private let part: Kernels.Part
  private let source: Floats
  private let other: Floats?
  private let destination: Floats
  private let context: DnnlContext

  init(
    _ weights: KernelWeights, _ part: Kernels.Part, in context: DnnlContext, source: Floats,
    other: Floats?, destination: Floats
  ) throws(EngineError) {
    self.weights = weights
    self.part = part
    self.source = source
    self.other = other
    self.destination = destination
    self.context = context
    try context.reserve(
      bytes: weights.kernels.convolutionScratch(weights.sizes, .forward)
        * MemoryLayout<Float>.stride)
  }

  var algorithm: ConvolutionAlgorithm? {
    ConvolutionAlgorithm.allCases.first { $0.tile == weights.sizes.tile }
  }

  /// Takes the weights, for all parts at once.
  func load(_ arrays: ConvolutionCompiler.Arrays) {
    if part.index == 0 { weights.load(arrays) }
  }

  func run() {
    guard let scratch = context.scratchpad?.assumingMemoryBound(to: Float.self) else {
      preconditionFailure("scratch was reserved")
    }
    weights.kernels.convolutionForward(
      weights.sizes, source, weights: weights.packed.start, bias: weights.biases?.start,
      residual: other, relu: weights.compiler.convolution.relu, into: destination, part: part,
      scratch: scratch)
  }
}

/// What the parts of one convolution read.
final class KernelWeights {
  let compiler: ConvolutionCompiler
  let sizes: Kernels.Convolution
  let packed: Buffer
  let biases: Buffer?

  var kernels: Kernels { compiler.kernels }

  init(_ compiler: ConvolutionCompiler, _ sizes: Kernels.Convolution) throws(EngineError) {
    self.compiler = compiler
    self.sizes = sizes
    packed = try Buffer(count: compiler.kernels.convolutionWeightCount(sizes, .forward))
    biases =
      compiler.convolution.bias == nil
      ? nil : try Buffer(count: sizes.output.channels.rounded(to: compiler.kernels.lanes))
  }

  func load(_ arrays: ConvolutionCompiler.Arrays) {
    kernels.convolutionWeights(sizes, .forward, arrays.weights, into: packed.start)
    biases?.fill(from: arrays.biases[...])
  }
}

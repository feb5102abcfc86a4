/// Some output of one convolution, with its weights; used by one worker at a time.
final class ConvolutionPart {
  private let compiler: ConvolutionCompiler
  private let primitive: DnnlConvolution
  private let channels: Range<Int>
  private let source: Floats
  private let other: Floats?
  private let destination: Floats
  private let weights: Buffer
  private let biases: Buffer
  /// For a transposed convolution, whose bias is added afterwards: the scale of each channel.
  private let ones: Buffer

  init(
    _ compiler: ConvolutionCompiler, _ primitive: DnnlConvolution, channels: Range<Int>,
    source: Floats, other: Floats?, destination: Floats
  ) throws(EngineError) {
    self.compiler = compiler
    self.primitive = primitive
    self.channels = channels
    self.source = source
    self.other = other
    self.destination = destination
    let isTransposed = compiler.convolution.isTransposed
    weights = try Buffer(count: isTransposed ? primitive.backwardCount : primitive.forwardCount)
    let padded = channels.count.rounded(to: compiler.kernels.lanes)
    biases = try Buffer(count: padded)
    ones = try Buffer(count: isTransposed ? padded : 0)
    if isTransposed { ones.start.update(repeating: 1, count: channels.count) }
  }

  /// Takes the weights of its channels; all of a transposed convolution's.
  func load(_ arrays: ConvolutionCompiler.Arrays) throws(EngineError) {
    let plain = arrays.weights + channels.lowerBound * arrays.weightsPerOutput
    if compiler.convolution.isTransposed {
      try primitive.packBackward(plain, into: weights.start)
    } else {
      try primitive.packForward(plain, into: weights.start)
    }
    if !arrays.biases.isEmpty { biases.fill(from: arrays.biases[channels]) }
  }

  func run() throws(EngineError) {
    let hasBias = compiler.convolution.bias != nil
    guard compiler.convolution.isTransposed else {
      return try primitive.forward(
        source, weights: weights.start, bias: hasBias ? biases.start : nil, other: other,
        into: destination)
    }
    try primitive.backwardData(source, weights: weights.start, into: destination)
    if hasBias {
      compiler.kernels.affine(
        compiler.output, destination, residual: nil, weight: ones.start, shift: biases.start,
        relu: false, into: destination)
    }
  }
}

import CEngine

extension Kernels {
  /// Sizes of a convolution that Winograd's algorithm can do: kernel 3, stride 1, padding 1, from
  /// blocked maps to blocked maps.
  struct Winograd: Equatable {
    let images: Int
    let input: Network.Shape
    let output: Network.Shape

    init(images: Int, input: Network.Shape, outputChannels: Int) {
      self.images = images
      self.input = input
      output = .init(channels: outputChannels, height: input.height, width: input.width)
    }

    /// None for any other convolution.
    init?(_ convolution: ConvolutionGeometry) {
      guard convolution.kernel == 3, convolution.stride == 1, convolution.padding == 1,
        !convolution.inputIsPlain
      else { return nil }
      self.init(
        images: convolution.images, input: convolution.input,
        outputChannels: convolution.output.channels)
    }

    /// Whether it is faster than the direct sum.
    ///
    /// Measured, it is up to 256 channels. Beyond, the transformed weights, four times as many, come
    /// from memory for a few tiles only.
    var pays: Bool { input.channels <= 256 && output.channels <= 256 }

    fileprivate func sizes(_ direction: Direction) -> CEWinograd {
      let (from, to) = direction == .forward ? (input, output) : (output, input)
      return CEWinograd(
        images: Int64(images), inputs: Int64(from.channels), outputs: Int64(to.channels),
        height: Int64(input.height), width: Int64(input.width))
    }
  }

  /// From input to output, or from the output's gradient to the input's.
  enum Direction { case forward, backward }

  /// Floats of scratch that suffice in both directions.
  func winogradScratch(_ convolution: Winograd) -> Int {
    var (forward, backward) = (convolution.sizes(.forward), convolution.sizes(.backward))
    return Int(max(table.winograd_scratch(&forward), table.winograd_scratch(&backward)))
  }

  /// Floats that ``winogradWeights(_:_:_:into:)`` writes.
  func winogradWeightCount(_ convolution: Winograd, _ direction: Direction) -> Int {
    var sizes = convolution.sizes(direction)
    return Int(table.winograd_weight_count(&sizes))
  }

  /// Makes `[outputs, inputs, 3, 3]` ready for a direction; to be done after every change.
  func winogradWeights(
    _ convolution: Winograd, _ direction: Direction, _ plain: Floats, into transformed: Floats
  ) {
    var sizes = convolution.sizes(direction)
    table.winograd_weights(&sizes, plain, direction == .backward, transformed)
  }

  /// One of several parts of a result that workers share.
  struct Part: Equatable {
    static let whole = Part(index: 0, count: 1)
    let index: Int
    let count: Int
  }

  /// The convolution, plus what there is of bias and residual, then ReLU where told.
  ///
  /// The residual may be the output, the input may not. A bias fills whole blocks, spare lanes 0.
  func winogradForward(
    _ convolution: Winograd, _ x: Floats, weights: Floats, bias: Floats?, residual: Floats?,
    relu: Bool, into y: Floats, part: Part = .whole, scratch: Floats
  ) {
    var sizes = convolution.sizes(.forward)
    table.winograd(
      &sizes, Int64(part.index), Int64(part.count), x, weights, bias, residual, relu, nil, y,
      scratch)
  }

  /// The gradient of the input, 0 where the input was not above 0 if it is `rectified`.
  func winogradBackward(
    _ convolution: Winograd, slope: Floats, weights: Floats, rectified x: Floats?,
    into dx: Target, scratch: Floats
  ) {
    var sizes = convolution.sizes(.backward)
    table.winograd(
      &sizes, 0, 1, slope, weights, nil, dx.adds ? dx.at : nil, false, x, dx.at, scratch)
  }

  /// Floats of scratch for ``winogradGradient(_:_:slope:into:scratch:)``.
  func winogradGradientScratch(_ convolution: Winograd) -> Int {
    var sizes = convolution.sizes(.forward)
    return Int(table.winograd_gradient_scratch(&sizes))
  }

  /// The gradient of the weights, `[outputs, inputs, 3, 3]`; written, not added.
  func winogradGradient(
    _ convolution: Winograd, _ x: Floats, slope: Floats, into gradient: Floats, scratch: Floats
  ) {
    var sizes = convolution.sizes(.forward)
    table.winograd_gradient(&sizes, x, slope, gradient, scratch)
  }
}

import CEngine

extension Kernels {
  /// A convolution that own kernels can do: kernel 3, padding 1, from blocked maps to blocked maps.
  struct Convolution: Equatable {
    let images: Int
    let input: Network.Shape
    let output: Network.Shape
    let stride: Int
    /// Results of a tile in each direction: 4 or 2 by Winograd's algorithm, 1 by the direct sum.
    let tile: Int

    init(
      images: Int, input: Network.Shape, outputChannels: Int, stride: Int = 1, tile: Int = 4
    ) {
      precondition([1, 2, 4].contains(tile), "a tile of 1, 2 or 4")
      precondition(stride == 1 || tile == 1, "Winograd's algorithm takes every pixel")
      self.images = images
      self.input = input
      self.stride = stride
      self.tile = tile
      output = .init(
        channels: outputChannels, height: (input.height + stride - 1) / stride,
        width: (input.width + stride - 1) / stride)
    }

    /// None where the algorithm is not one of our own, or cannot do this convolution.
    init?(_ convolution: ConvolutionGeometry, by algorithm: ConvolutionAlgorithm) {
      guard let tile = algorithm.tile, convolution.kernel == 3, convolution.padding == 1,
        convolution.stride == 1 || tile == 1, !convolution.isDepthwise,
        !convolution.inputIsPlain
      else { return nil }
      self.init(
        images: convolution.images, input: convolution.input,
        outputChannels: convolution.output.channels, stride: convolution.stride, tile: tile)
    }

    fileprivate func sizes(_ direction: Direction) -> CEConvolution {
      let (from, to) = direction == .forward ? (input, output) : (output, input)
      precondition(direction == .forward || stride == 1, "the way back goes pixel by pixel")
      return CEConvolution(
        images: Int64(images), inputs: Int64(from.channels), outputs: Int64(to.channels),
        height: Int64(from.height), width: Int64(from.width), stride: Int64(stride),
        tile: Int64(tile))
    }
  }

  /// From input to output, or from the output's gradient to the input's.
  enum Direction { case forward, backward }

  /// Floats of scratch.
  func convolutionScratch(_ convolution: Convolution, _ direction: Direction) -> Int {
    var sizes = convolution.sizes(direction)
    return Int(table.convolution_scratch(&sizes))
  }

  /// Floats that ``convolutionWeights(_:_:_:into:part:)`` writes.
  func convolutionWeightCount(_ convolution: Convolution, _ direction: Direction) -> Int {
    var sizes = convolution.sizes(direction)
    return Int(table.convolution_weight_count(&sizes))
  }

  /// Makes `[outputs, inputs, 3, 3]` ready for a direction; to be done after every change.
  func convolutionWeights(
    _ convolution: Convolution, _ direction: Direction, _ plain: UnsafePointer<Float>,
    into packed: Floats, part: Part = .whole
  ) {
    var sizes = convolution.sizes(direction)
    table.convolution_weights(
      &sizes, Int64(part.index), Int64(part.count), plain, direction == .backward, packed)
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
  func convolutionForward(
    _ convolution: Convolution, _ x: Floats, weights: Floats, bias: Floats?, residual: Floats?,
    relu: Bool, into y: Floats, part: Part = .whole, scratch: Floats
  ) {
    var sizes = convolution.sizes(.forward)
    table.convolution(
      &sizes, Int64(part.index), Int64(part.count), x, weights, bias, residual, relu, y,
      scratch)
  }

  /// The gradient of the input.
  func convolutionBackward(
    _ convolution: Convolution, slope: Floats, weights: Floats, into dx: Target, scratch: Floats
  ) {
    var sizes = convolution.sizes(.backward)
    table.convolution(
      &sizes, 0, 1, slope, weights, nil, dx.adds ? dx.at : nil, false, dx.at, scratch)
  }

  /// Floats of the weights' gradient as ``convolutionGradient(_:_:slope:into:scratch:)`` leaves it.
  func convolutionGradientCount(_ convolution: Convolution) -> Int {
    var sizes = convolution.sizes(.forward)
    return Int(table.convolution_gradient_count(&sizes))
  }

  /// Floats of scratch for ``convolutionGradient(_:_:slope:into:scratch:)``.
  func convolutionGradientScratch(_ convolution: Convolution) -> Int {
    var sizes = convolution.sizes(.forward)
    return Int(table.convolution_gradient_scratch(&sizes))
  }

  /// The gradient of the weights; written, not added.
  ///
  /// By tiles of 4 it is `[outputs, inputs, 3, 3]`, by the direct sum still to be unpacked.
  func convolutionGradient(
    _ convolution: Convolution, _ x: Floats, slope: Floats, into gradient: Floats, scratch: Floats
  ) {
    precondition(convolution.tile != 2, "sums of tiles of 2 are not known")
    var sizes = convolution.sizes(.forward)
    table.convolution_gradient(&sizes, x, slope, gradient, scratch)
  }

  /// Makes a gradient, or a sum of them, `[outputs, inputs, 3, 3]`.
  func convolutionGradientUnpack(
    _ convolution: Convolution, _ gradient: Floats, into plain: Floats
  ) {
    var sizes = convolution.sizes(.forward)
    table.convolution_gradient_unpack(&sizes, gradient, plain)
  }
}

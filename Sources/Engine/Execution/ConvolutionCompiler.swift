/// Makes one convolution of a plan for inference, in parts that workers share.
struct ConvolutionCompiler {
  let plan: Plan
  let step: Plan.Step
  let convolution: Plan.Convolution
  /// One for each part.
  let contexts: [DnnlContext]
  let kernels: Kernels
  /// How to compute it; by its sizes where nil.
  var algorithm: ConvolutionAlgorithm?

  var input: Network.Shape { plan.shapes[step.input] }
  var output: Network.Shape { plan.shapes[step.output] }
  private var lanes: Int { kernels.lanes }
  private var isDepthwise: Bool {
    convolution.groups > 1 && convolution.groups == input.channels
      && convolution.groups == output.channels
  }
  /// Numbers of the weight that belong to one output channel.
  private var weightsPerOutput: Int {
    (isDepthwise ? 1 : input.channels) * convolution.kernel * convolution.kernel
  }

  /// The parts by the library, each with its weights still to be loaded.
  ///
  /// - Parameter map: where each map lies.
  /// - Returns: as many as there are workers, or fewer where that is not worth it.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``.
  func parts(_ map: (Plan.MapIndex) -> Floats) throws(EngineError) -> [ConvolutionPart] {
    if convolution.isTransposed { return [try transposed(map)] }
    var parts: [ConvolutionPart] = []
    for (piece, context) in zip(pieces(), contexts) {
      let primitive = try DnnlConvolution(
        piece.geometry, in: context, training: false, inputGradient: false)
      parts.append(
        try ConvolutionPart(
          self, primitive, channels: piece.channels, source: map(step.input) + piece.source,
          other: step.second.map { map($0) + piece.destination },
          destination: map(step.output) + piece.destination))
    }
    return parts
  }

  /// The parts by an own kernel; nil where the algorithm has none for this convolution.
  ///
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  func kernelParts(
    _ map: (Plan.MapIndex) -> Floats
  ) throws(EngineError) -> [KernelPart]? {
    let geometry = geometry(input, output)
    guard convolution.groups == 1, !convolution.isTransposed,
      let sizes = Kernels.Convolution(
        geometry, by: algorithm ?? ConvolutionAlgorithm(bySizeOf: geometry))
    else { return nil }
    let weights = try KernelWeights(self, sizes)
    var parts: [KernelPart] = []
    for index in contexts.indices {
      parts.append(
        try KernelPart(
          weights, .init(index: index, count: contexts.count), in: contexts[index],
          source: map(step.input),
          other: step.second.map(map), destination: map(step.output)))
    }
    return parts
  }

  /// The gradient of the convolution that goes the other way.
  private func transposed(
    _ map: (Plan.MapIndex) -> Floats
  ) throws(EngineError) -> ConvolutionPart {
    let geometry = ConvolutionGeometry(
      images: 1, input: output, output: input, kernel: convolution.kernel,
      stride: convolution.stride, padding: convolution.padding, bias: false, inputIsPlain: false,
      lanes: lanes)
    return try ConvolutionPart(
      self,
      DnnlConvolution(geometry, in: contexts[0], training: true, inputGradient: true),
      channels: 0..<output.channels, source: map(step.input), other: nil,
      destination: map(step.output))
  }

  /// Weights of a convolution in one group; groups that are not one channel each become blocks of
  /// a wide convolution that is 0 elsewhere.
  private func dense(_ values: consuming [Float]) -> [Float] {
    if convolution.isTransposed { return values }
    guard convolution.groups > 1, !isDepthwise else { return values }
    let taps = convolution.kernel * convolution.kernel
    let inputs = input.channels / convolution.groups
    let outputs = output.channels / convolution.groups
    var wide = [Float](repeating: 0, count: output.channels * input.channels * taps)
    for channel in 0..<output.channels {
      let from = channel * inputs * taps
      let to = (channel * input.channels + channel / outputs * inputs) * taps
      wide.replaceSubrange(to..<to + inputs * taps, with: values[from..<from + inputs * taps])
    }
    return wide
  }

  /// What the parts of a convolution are made of; valid while it is being loaded.
  struct Arrays {
    /// `[outputs, inputs, kernel, kernel]`; with both the other way round where transposed.
    let weights: UnsafePointer<Float>
    /// Numbers of the weight that belong to one output channel.
    let weightsPerOutput: Int
    /// One for each output channel; empty where there are none.
    let biases: [Float]
  }

  /// Hands out the weights and biases.
  ///
  /// - Parameters:
  ///   - parameters: of the plan's network.
  ///   - isLast: whether nobody will ask these parameters for the weights again.
  ///   - body: takes them.
  /// - Throws: what the body throws.
  func withArrays(
    in parameters: BatchNormFold.Folded, isLast: Bool,
    _ body: (Arrays) throws(EngineError) -> Void
  ) throws(EngineError) {
    let weights =
      isLast ? parameters.take(convolution.weight) : parameters.values(convolution.weight)
    let biases = convolution.bias.map(parameters.values) ?? []
    try dense(weights).withUnsafeStart { start throws(EngineError) in
      try body(Arrays(weights: start, weightsPerOutput: weightsPerOutput, biases: biases))
    }
  }

  // MARK: Pieces

  private struct Piece {
    let geometry: ConvolutionGeometry
    /// Output channels.
    let channels: Range<Int>
    /// Floats from the beginning of the maps.
    let source: Int
    let destination: Int
  }

  private var inputIsPlain: Bool { step.input == 0 && plan.imageIsPlain }

  private func pieces() -> [Piece] {
    let operations = 2 * output.count * weightsPerOutput
    let parts = operations < Self.worthSharing ? 1 : contexts.count
    if output.channels > lanes { return channelPieces(parts) }
    let isDense = inputIsPlain ? input.channels == 1 : input.channels <= lanes
    return isDense ? rowPieces(parts) : channelPieces(1)
  }

  /// Operations below which a convolution stays in one piece.
  private static let worthSharing = 1 << 18

  /// Whole blocks of output channels.
  private func channelPieces(_ parts: Int) -> [Piece] {
    output.channels.cut(into: parts, by: lanes).map { range in
      let inputs =
        isDepthwise
        ? Network.Shape(channels: range.count, height: input.height, width: input.width) : input
      return Piece(
        geometry: geometry(
          inputs,
          Network.Shape(channels: range.count, height: output.height, width: output.width)),
        channels: range, source: isDepthwise ? range.lowerBound * input.cells : 0,
        destination: range.lowerBound * output.cells)
    }
  }

  /// Rows of the output, where one block of channels is all there is.
  private func rowPieces(_ parts: Int) -> [Piece] {
    output.height.cut(into: parts, by: 1).map { range in
      let reach = range.lowerBound * convolution.stride - convolution.padding
      let end = (range.upperBound - 1) * convolution.stride - convolution.padding
      let rows = max(0, reach)..<min(input.height, end + convolution.kernel)
      var geometry = geometry(
        Network.Shape(channels: input.channels, height: rows.count, width: input.width),
        Network.Shape(channels: output.channels, height: range.count, width: output.width))
      geometry.paddingAbove = rows.lowerBound - reach
      return Piece(
        geometry: geometry, channels: 0..<output.channels,
        source: rows.lowerBound * input.width * (inputIsPlain ? 1 : lanes),
        destination: range.lowerBound * output.width * lanes)
    }
  }

  private func geometry(
    _ input: Network.Shape, _ output: Network.Shape
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      images: 1, input: input, output: output, kernel: convolution.kernel,
      stride: convolution.stride, padding: convolution.padding, bias: convolution.bias != nil,
      isDepthwise: isDepthwise, inputIsPlain: inputIsPlain, lanes: lanes, adds: step.second != nil,
      relu: convolution.relu)
  }
}

extension Buffer {
  /// Copies the first numbers, as many as there is room for.
  func fill(from values: ArraySlice<Float>) {
    values.withUnsafeBufferPointer { values in
      guard let source = values.baseAddress else { return }
      start.update(from: source, count: min(values.count, count))
    }
  }
}

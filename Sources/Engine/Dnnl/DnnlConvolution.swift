import CDnnl

/// Sizes of one convolution over blocked maps.
struct ConvolutionGeometry: Equatable {
  /// Images in one call.
  let images: Int
  /// Shape of an input and an output image, as the network says.
  let input: Network.Shape
  let output: Network.Shape
  let kernel: Int
  let stride: Int
  let padding: Int
  /// Rows of padding above the input, where it is only a part of the rows.
  var paddingAbove: Int? = nil
  let bias: Bool
  /// Whether every channel has a kernel of its own and sees no other channel.
  var isDepthwise = false
  /// Whether the input is `[images, channels, height, width]` instead of blocked.
  let inputIsPlain: Bool
  /// Channels side by side in a block.
  let lanes: Int
  /// Whether another map is added to the result; only for inference.
  var adds = false
  /// Whether what is below 0 becomes 0; only for inference.
  var relu = false

  /// Channels as oneDNN sees them: whole blocks, the spare ones zero.
  var inputChannels: Int { inputIsPlain ? input.channels : input.channels.rounded(to: lanes) }
  var outputChannels: Int { output.channels.rounded(to: lanes) }
}

/// A convolution and its gradients by oneDNN's direct algorithm, on one thread.
///
/// Weights and their gradients live in the layouts oneDNN chose; ``packForward(_:into:)`` and its
/// siblings copy between those and `[outputs, inputs, kernel, kernel]`.
final class DnnlConvolution {
  /// Floats that each packed array takes.
  let forwardCount: Int
  let backwardCount: Int
  let gradientCount: Int
  /// Names of the kernels oneDNN picked, forward first.
  private(set) var implementations: [String]

  private let hasBias: Bool
  private let adds: Bool
  private let run: DnnlPrimitive
  private let pack: DnnlPrimitive
  private var data: (run: DnnlPrimitive, pack: DnnlPrimitive)?
  private var weights: (run: DnnlPrimitive, unpack: DnnlPrimitive)?

  /// Compiles the forward pass, and for training the gradients.
  ///
  /// - Parameters:
  ///   - geometry: the sizes.
  ///   - context: of the thread that will run it.
  ///   - training: whether the gradient of the weights is wanted.
  ///   - inputGradient: whether the gradient of the input is wanted too.
  /// - Throws: ``EngineError/primitiveFailed(call:status:)``.
  init(
    _ geometry: ConvolutionGeometry, in context: DnnlContext, training: Bool, inputGradient: Bool
  ) throws(EngineError) {
    let layouts = try Layouts(geometry)
    hasBias = geometry.bias
    adds = geometry.adds
    let forward = try layouts.forward(in: context, training: training)
    implementations = [forward.implementation]
    let chosen = forward.layout(of: dnnl_query_weights_md)
    forwardCount = chosen.floats
    let bias = geometry.bias ? [(DNNL_ARG_BIAS, layouts.bias)] : []
    let other = geometry.adds ? [(DnnlConvolution.otherMap, layouts.destination)] : []
    run = try DnnlPrimitive(
      forward,
      arguments: [(DNNL_ARG_SRC, layouts.source), (DNNL_ARG_WEIGHTS, chosen)] + bias + other
        + [(DNNL_ARG_DST, layouts.destination)])
    pack = try Self.reorder(from: layouts.plain, to: chosen.showing(layouts.plain), in: context)

    if training {
      let description = try layouts.backwardWeights(in: context, hint: forward.handle)
      implementations.append(description.implementation)
      let chosen = description.layout(of: dnnl_query_diff_weights_md)
      gradientCount = chosen.floats
      let bias = geometry.bias ? [(DNNL_ARG_DIFF_BIAS, layouts.bias)] : []
      weights = (
        try DnnlPrimitive(
          description,
          arguments: [
            (DNNL_ARG_SRC, layouts.source), (DNNL_ARG_DIFF_DST, layouts.destination),
            (DNNL_ARG_DIFF_WEIGHTS, chosen),
          ] + bias),
        try Self.reorder(from: chosen.showing(layouts.plain), to: layouts.plain, in: context)
      )
    } else {
      gradientCount = 0
    }
    if training && inputGradient {
      let description = try layouts.backwardData(in: context, hint: forward.handle)
      implementations.append(description.implementation)
      let chosen = description.layout(of: dnnl_query_weights_md)
      backwardCount = chosen.floats
      data = (
        try DnnlPrimitive(
          description,
          arguments: [
            (DNNL_ARG_DIFF_DST, layouts.destination), (DNNL_ARG_WEIGHTS, chosen),
            (DNNL_ARG_DIFF_SRC, layouts.source),
          ]),
        try Self.reorder(from: layouts.plain, to: chosen.showing(layouts.plain), in: context)
      )
    } else {
      backwardCount = 0
    }
  }

  /// Computes the output; `other` is added where the geometry says so.
  func forward(
    _ source: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?, other: UnsafeMutablePointer<Float>? = nil,
    into destination: UnsafeMutablePointer<Float>
  ) throws(EngineError) {
    precondition((bias != nil) == hasBias, "a bias exactly where there is one")
    precondition((other != nil) == adds, "another map exactly where one is added")
    try run(
      [source, weights] + (bias.map { [$0] } ?? []) + (other.map { [$0] } ?? []) + [destination])
  }

  /// The first operand of the first operation after the convolution.
  private static let otherMap = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1

  /// Overwrites the gradient of the input.
  func backwardData(
    _ slope: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
    into source: UnsafeMutablePointer<Float>
  ) throws(EngineError) {
    guard let data else { preconditionFailure("made without a gradient of the input") }
    try data.run([slope, weights, source])
  }

  /// Overwrites the gradients of weights and bias.
  func backwardWeights(
    _ source: UnsafeMutablePointer<Float>, _ slope: UnsafeMutablePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?
  ) throws(EngineError) {
    guard let weights else { preconditionFailure("made without gradients") }
    precondition((bias != nil) == hasBias, "a bias exactly where there is one")
    try weights.run([source, slope, gradient] + (bias.map { [$0] } ?? []))
  }

  func packForward(
    _ plain: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) throws(EngineError) {
    // A primitive's arguments are all mutable; this one is only read.
    try pack([UnsafeMutablePointer(mutating: plain), packed])
  }

  /// Does nothing where no gradient of the input is wanted.
  func packBackward(
    _ plain: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) throws(EngineError) {
    try data?.pack([UnsafeMutablePointer(mutating: plain), packed])
  }

  func unpackGradient(
    _ packed: UnsafeMutablePointer<Float>, into plain: UnsafeMutablePointer<Float>
  ) throws(EngineError) {
    try weights?.unpack([packed, plain])
  }

  private static func reorder(
    from source: dnnl_memory_desc_t, to destination: dnnl_memory_desc_t, in context: DnnlContext
  ) throws(EngineError) -> DnnlPrimitive {
    try DnnlPrimitive(
      PrimitiveDescription(reorderFrom: source, to: destination, in: context),
      arguments: [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, destination)])
  }
}

extension Int {
  /// The next multiple of `step`, or itself.
  func rounded(to step: Int) -> Int { (self + step - 1) / step * step }
}

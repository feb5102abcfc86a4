import CDnnl

/// How oneDNN is told about a convolution's arrays: maps pinned to blocks, weights as it likes.
///
/// Left to choose, oneDNN would mix layouts and copy between the layers.
struct Layouts {
  let source: dnnl_memory_desc_t
  let destination: dnnl_memory_desc_t
  let bias: dnnl_memory_desc_t
  /// Weights as ``Parameters`` hold them.
  let plain: dnnl_memory_desc_t
  /// Weights of any layout, spare channels included.
  private let weights: dnnl_memory_desc_t
  private let geometry: ConvolutionGeometry
  private let strides: [Int64]
  private let paddingBefore: [Int64]
  private let paddingAfter: [Int64]

  init(_ g: ConvolutionGeometry) throws(EngineError) {
    let blocked = g.lanes == 16 ? dnnl_nChw16c : dnnl_nChw8c
    geometry = g
    source = try .map(
      [g.images, g.inputChannels, g.input.height, g.input.width],
      g.inputIsPlain ? dnnl_nchw : blocked)
    destination = try .map([g.images, g.outputChannels, g.output.height, g.output.width], blocked)
    bias = try .map([g.outputChannels], dnnl_a)
    let window = [g.kernel, g.kernel]
    if g.isDepthwise {
      plain = try .map([g.output.channels, 1, 1] + window, dnnl_goihw)
      weights = try .map([g.outputChannels, 1, 1] + window, dnnl_format_tag_any)
    } else {
      plain = try .map([g.output.channels, g.input.channels] + window, dnnl_oihw)
      weights = try .map([g.outputChannels, g.inputChannels] + window, dnnl_format_tag_any)
    }
    strides = [Int64(g.stride), Int64(g.stride)]
    let above = g.paddingAbove ?? g.padding
    paddingBefore = [Int64(above), Int64(g.padding)]
    // What the last window really reaches; with a stride it may be less than the padding before,
    // even negative.
    paddingAfter = [
      (g.output.height, g.input.height, above), (g.output.width, g.input.width, g.padding),
    ].map { Int64(($0 - 1) * g.stride + g.kernel - $1 - $2) }
  }

  func forward(
    in context: DnnlContext, training: Bool
  ) throws(EngineError) -> PrimitiveDescription {
    var description = dnnl_convolution_desc_t()
    let status = arguments { source, weights, bias, destination in
      dnnl_convolution_forward_desc_init(
        &description, training ? dnnl_forward_training : dnnl_forward_inference,
        dnnl_convolution_direct, source, weights, bias, destination, strides, paddingBefore,
        paddingAfter)
    }
    try check("dnnl_convolution_forward_desc_init", status)
    let after = PrimitiveDescription.After(
      adding: geometry.adds ? destination : nil, relu: geometry.relu)
    return try PrimitiveDescription("convolution forward", &description, in: context, then: after)
  }

  func backwardData(
    in context: DnnlContext, hint: dnnl_primitive_desc_t
  ) throws(EngineError) -> PrimitiveDescription {
    var description = dnnl_convolution_desc_t()
    let status = arguments { source, weights, _, destination in
      dnnl_convolution_backward_data_desc_init(
        &description, dnnl_convolution_direct, source, weights, destination, strides,
        paddingBefore, paddingAfter)
    }
    try check("dnnl_convolution_backward_data_desc_init", status)
    return try PrimitiveDescription(
      "convolution backward data", &description, in: context, hint: hint)
  }

  func backwardWeights(
    in context: DnnlContext, hint: dnnl_primitive_desc_t
  ) throws(EngineError) -> PrimitiveDescription {
    var description = dnnl_convolution_desc_t()
    let status = arguments { source, weights, bias, destination in
      dnnl_convolution_backward_weights_desc_init(
        &description, dnnl_convolution_direct, source, weights, bias, destination, strides,
        paddingBefore, paddingAfter)
    }
    try check("dnnl_convolution_backward_weights_desc_init", status)
    return try PrimitiveDescription(
      "convolution backward weights", &description, in: context, hint: hint)
  }

  private typealias Layout = UnsafePointer<dnnl_memory_desc_t>

  private func arguments(
    _ body: (Layout, Layout, Layout?, Layout) -> dnnl_status_t
  ) -> dnnl_status_t {
    withUnsafePointer(to: source) { source in
      withUnsafePointer(to: weights) { weights in
        withUnsafePointer(to: bias) { bias in
          withUnsafePointer(to: destination) { destination in
            body(source, weights, geometry.bias ? bias : nil, destination)
          }
        }
      }
    }
  }
}

extension dnnl_memory_desc_t {
  static func map(
    _ extents: [Int], _ format: dnnl_format_tag_t
  ) throws(EngineError) -> dnnl_memory_desc_t {
    var layout = dnnl_memory_desc_t()
    try check(
      "dnnl_memory_desc_init_by_tag",
      dnnl_memory_desc_init_by_tag(
        &layout, Int32(extents.count), extents.map(Int64.init), dnnl_f32, format))
    return layout
  }

  /// Single-precision numbers it takes.
  var floats: Int {
    (withUnsafePointer(to: self) { dnnl_memory_desc_get_size($0) } + 3) / 4
  }

  /// The same memory showing only the channels that the network has; the rest is padding.
  func showing(_ plain: dnnl_memory_desc_t) -> dnnl_memory_desc_t {
    var layout = self
    layout.dims = plain.dims
    return layout
  }
}

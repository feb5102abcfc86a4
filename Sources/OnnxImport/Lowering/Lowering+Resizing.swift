import Engine

/// Maps made larger by a whole factor.
extension Lowering {
  mutating func resize(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try image(node, 0)
    guard try node.integer("antialias") ?? 0 == 0, try node.integers("axes") == nil else {
      throw node.refused("it smooths, or names its axes")
    }
    let factor = try factor(node, x)
    if factor == 1 { return x }
    let mode = try node.text("mode") ?? "nearest"
    if try alignsCorners(node, mode) {
      return try append(
        .upsampleBilinear(factor: factor, alignsCorners: true), to: [x], for: node)
    }
    let isUpsample = node.type == "Upsample" || opset < 11
    let place = Self.places[
      isUpsample
        ? "asymmetric" : try node.text("coordinate_transformation_mode") ?? "half_pixel"]
    let rounding = Self.roundings[
      isUpsample ? "floor" : try node.text("nearest_mode") ?? "round_prefer_floor"]
    guard let place, let rounding else { throw node.refused("its way of placing is not known") }
    switch mode {
    case "nearest":
      let repeats = (0..<4 * factor).allSatisfy { y in
        max(0, Int(rounding(place(Double(y), Double(factor))))) == y / factor
      }
      guard repeats else { throw node.refused("it does not repeat each pixel as often") }
      return try append(.upsample(factor: factor), to: [x], for: node)
    case "linear", "bilinear":
      let isCentred = (0..<4 * factor).allSatisfy { y in
        let centre = (Double(y) + 0.5) / Double(factor) - 0.5
        return abs(place(Double(y), Double(factor)) - centre) < 1e-9
      }
      guard isCentred else { throw node.refused("it interpolates between other than centres") }
      return try append(.upsampleBilinear(factor: factor), to: [x], for: node)
    default: throw node.refused("its mode is neither nearest nor linear")
    }
  }

  /// Whether a line begins and ends with the input's own outermost pixels.
  private func alignsCorners(_ node: GraphNode, _ mode: String) throws(OnnxError) -> Bool {
    guard mode == "linear", node.type == "Resize", opset >= 11 else { return false }
    return try node.text("coordinate_transformation_mode") == "align_corners"
  }

  /// Where a pixel of the result lies in the input.
  ///
  /// A result is never one pixel where the factor is above 1, so PyTorch's half pixels are the
  /// usual ones. Source: ONNX operator Resize, `coordinate_transformation_mode`.
  private static let places: [String: @Sendable (_ y: Double, _ factor: Double) -> Double] = [
    "asymmetric": { $0 / $1 },
    "half_pixel": { ($0 + 0.5) / $1 - 0.5 },
    "half_pixel_symmetric": { ($0 + 0.5) / $1 - 0.5 },
    "pytorch_half_pixel": { ($0 + 0.5) / $1 - 0.5 },
  ]

  private static let roundings: [String: @Sendable (Double) -> Double] = [
    "floor": { $0.rounded(.down) },
    "ceil": { $0.rounded(.up) },
    "round_prefer_floor": { ($0 - 0.5).rounded(.up) },
    "round_prefer_ceil": { ($0 + 0.5).rounded(.down) },
  ]

  /// The factor of height and width, from scales or sizes.
  private func factor(_ node: GraphNode, _ x: Map) throws(OnnxError) -> Int {
    let shape = [x.shape.height, x.shape.width]
    let hasRegion = node.type == "Resize" && opset >= 11
    if node.type == "Resize", let sizes = try integers(node, input: 3), !sizes.isEmpty {
      guard sizes.count == 4, Array(sizes[..<2]) == Array(x.dims[..<2]),
        try node.text("keep_aspect_ratio_policy") ?? "stretch" == "stretch",
        zip(sizes[2...], shape).allSatisfy({ $0 >= $1 && $0 % $1 == 0 }),
        sizes[2] / shape[0] == sizes[3] / shape[1]
      else { throw noFactor(node) }
      return sizes[2] / shape[0]
    }
    var scales = try node.floats("scales") ?? []
    let place = hasRegion ? 2 : 1
    if node.has(place) { scales = try floats(node, place).floats ?? [] }
    guard scales.count == 4, scales[0] == 1, scales[1] == 1, scales[2] == scales[3],
      let factor = Int(exactly: scales[2]), factor >= 1, factor <= 64
    else { throw noFactor(node) }
    return factor
  }

  private func noFactor(_ node: GraphNode) -> OnnxError {
    node.refused("it does not enlarge both directions by one whole factor")
  }
}

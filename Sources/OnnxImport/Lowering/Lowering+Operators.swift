extension Lowering {
  /// How many inputs an operator takes, and the attributes whose meaning is known here.
  private typealias Signature = (inputs: ClosedRange<Int>, attributes: Set<String>)

  private static let windowAttributes: Set = [
    "auto_pad", "dilations", "kernel_shape", "pads", "strides",
  ]

  /// Every operator that is read.
  ///
  /// Source: ONNX operator schemas, versions 7 to 25.
  private static let signatures: [String: Signature] = [
    "Add": (2...2, []),
    "AveragePool": (1...1, windowAttributes.union(["ceil_mode", "count_include_pad"])),
    "BatchNormalization": (5...5, ["epsilon", "momentum", "spatial", "training_mode"]),
    "Cast": (1...1, ["to", "saturate", "round_mode"]),
    "Ceil": (1...1, []),
    "Clip": (1...3, ["min", "max"]),
    "Concat": (1...4096, ["axis"]),
    "Constant": (
      0...0, ["value", "value_float", "value_floats", "value_int", "value_ints"]
    ),
    "ConstantOfShape": (1...1, ["value"]),
    "Conv": (2...3, windowAttributes.union(["group"])),
    "ConvTranspose": (2...3, windowAttributes.union(["group", "output_padding", "output_shape"])),
    "Div": (2...2, []),
    "Dropout": (1...3, ["ratio", "seed"]),
    "Flatten": (1...1, ["axis"]),
    "Floor": (1...1, []),
    "Gather": (2...2, ["axis"]),
    "Gemm": (2...3, ["alpha", "beta", "transA", "transB"]),
    "GlobalAveragePool": (1...1, []),
    "GroupNormalization": (3...3, ["epsilon", "num_groups", "stash_type"]),
    "HardSigmoid": (1...1, ["alpha", "beta"]),
    "HardSwish": (1...1, []),
    "Identity": (1...1, []),
    "InstanceNormalization": (3...3, ["epsilon"]),
    "LeakyRelu": (1...1, ["alpha"]),
    "MatMul": (2...2, []),
    "MaxPool": (1...1, windowAttributes.union(["ceil_mode", "storage_order"])),
    "Mul": (2...2, []),
    "Pad": (1...4, ["mode", "pads", "value"]),
    "ReduceMean": (1...2, ["axes", "keepdims", "noop_with_empty_axes"]),
    "Relu": (1...1, []),
    "Reshape": (2...2, ["allowzero"]),
    "Resize": (
      1...4,
      [
        "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a",
        "exclude_outside", "extrapolation_value", "keep_aspect_ratio_policy", "mode",
        "nearest_mode",
      ]
    ),
    "Shape": (1...1, ["start", "end"]),
    "Sigmoid": (1...1, []),
    "Slice": (1...5, ["axes", "ends", "starts"]),
    "Softmax": (1...1, ["axis"]),
    "Squeeze": (1...2, ["axes"]),
    "Sub": (2...2, []),
    "Transpose": (1...1, ["perm"]),
    "Unsqueeze": (1...2, ["axes"]),
    "Upsample": (1...2, ["mode", "scales"]),
  ]

  /// Whether a node is of an operator that is read.
  static func knows(_ type: String) -> Bool { signatures[type] != nil }

  /// What a node stands for.
  ///
  /// - Throws: ``OnnxError/unsupportedOperator(operator:node:)``,
  ///   ``OnnxError/unsupportedUse(operator:node:problem:)``, and what the engine refuses.
  mutating func value(of node: GraphNode) throws(OnnxError) -> Value {
    guard let signature = Self.signatures[node.type] else {
      throw .unsupportedOperator(operator: node.type.shown, node: node.shown)
    }
    guard signature.inputs.contains(node.inputs.count) else {
      throw node.refused("it has \(node.inputs.count) inputs")
    }
    if let unknown = node.attributes.keys.filter({ !signature.attributes.contains($0) }).min() {
      throw node.refused("its attribute \(unknown.shown) is not known")
    }
    switch node.type {
    case "Constant": return try constant(node)
    case "ConstantOfShape": return try constantOfShape(node)
    case "Shape": return try shape(node)
    case "Gather": return try gather(node)
    case "Slice": return try slice(node)
    case "Floor", "Ceil": return try rounded(node)
    case "Cast": return try cast(node)
    case "Identity": return try value(node, 0)
    case "Dropout": return try dropout(node)
    case "Concat": return try concatenation(node)
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze": return try reshape(node)
    case "Transpose": return try transpose(node)
    case "Add", "Sub", "Mul", "Div": return try arithmetic(node)
    case "Relu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "LeakyRelu":
      return .map(try activation(node))
    case "Softmax": return .map(try softmax(node))
    case "BatchNormalization": return .map(try batchNorm(node))
    case "GroupNormalization": return .map(try groupNorm(node))
    case "InstanceNormalization": return .map(try instanceNorm(node))
    case "Conv": return .map(try convolution(node))
    case "ConvTranspose": return .map(try transposedConvolution(node))
    case "Gemm": return .map(try gemm(node))
    case "MatMul": return .map(try matrixProduct(node))
    case "Pad": return try pad(node)
    case "MaxPool": return .map(try maxPool(node))
    case "AveragePool": return .map(try averagePool(node))
    case "GlobalAveragePool": return .map(try globalAveragePool(node))
    case "ReduceMean": return .map(try mean(node))
    case "Resize", "Upsample": return .map(try resize(node))
    default: preconditionFailure("every operator of the table has a case")
    }
  }
}

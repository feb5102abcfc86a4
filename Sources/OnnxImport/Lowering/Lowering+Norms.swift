import Engine

/// Norms over groups of an image's channels.
extension Lowering {
  /// A norm of each group, whose scale and shift go by channel from version 21 on, by group before.
  mutating func groupNorm(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try image(node, 0)
    guard let groups = try node.integer("num_groups") else {
      throw node.refused("its groups are not stated")
    }
    return try norm(node, x, groups: groups, isByChannel: opset >= 21)
  }

  /// A norm of each of the graph's channels.
  ///
  /// Those may be groups of the image's: PyTorch writes a group norm as an instance norm between
  /// two changes of the extents.
  mutating func instanceNorm(_ node: GraphNode) throws(OnnxError) -> Map {
    let x = try map(node, 0)
    guard x.dims.count >= 3, x.dims[0] == 1 else {
      throw node.refused("its input is no image: \(x.dims)")
    }
    return try norm(node, x, groups: x.dims[1], isByChannel: false)
  }

  private mutating func norm(
    _ node: GraphNode, _ x: Map, groups: Int, isByChannel: Bool
  ) throws(OnnxError) -> Map {
    let channels = x.shape.channels
    guard groups > 0, channels % groups == 0 else {
      throw node.refused("its \(groups) groups do not divide \(channels) channels")
    }
    // The engine's norms know no other.
    guard try node.float("epsilon") ?? 1e-5 == 1e-5 else {
      throw node.refused("its epsilon is not 1e-5")
    }
    guard try node.integer("stash_type") ?? 1 == 1 else {
      throw node.refused("it computes in other than single precision")
    }
    try draft.reserve(2 * channels)
    var arrays: [NetworkDraft.Array] = []
    for (index, suffix) in ["weight", "bias"].enumerated() {
      let tensor = try floats(node, index + 1)
      let count = isByChannel ? channels : groups
      guard let values = tensor.floats, tensor.dims == [count] else {
        throw node.refused("its \(suffix) is for other channels")
      }
      arrays.append((suffix, [channels], (0..<channels).map { values[$0 * count / channels] }))
    }
    return try append(.groupNorm(groups: groups), to: [x], for: node, arrays: arrays, dims: x.dims)
  }
}

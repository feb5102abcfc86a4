import Engine

/// What a name of the graph stands for while it is lowered.
enum Value {
  /// Numbers that are known now.
  case constant(Tensor)
  /// Numbers that a node of the network will compute.
  case map(Map)
}

/// A node's result as the graph sees it.
struct Map {
  /// Zeros or another number around a map, which the window after it takes in.
  struct Padding: Equatable {
    let top, left, bottom, right: Int
    let value: Float
  }

  /// Name of the node, or of the image.
  let node: String
  /// What the network calls its extents.
  let shape: Network.Shape
  /// What the graph calls them: 1 image first, and the same numbers in the same order.
  var dims: [Int]
  /// What is still to be put around it; nearly always nil.
  var padding: Padding?
  /// Whether more than the node at hand may use the result, under this name or another.
  var isShared = false

  init(_ result: (name: String, shape: Network.Shape), dims: [Int]? = nil) {
    node = result.name
    shape = result.shape
    self.dims = dims ?? [1, shape.channels, shape.height, shape.width]
  }

  /// Whether the graph sees `[1, channels, height, width]`.
  var isImage: Bool { dims == [1, shape.channels, shape.height, shape.width] }

  /// Which extent of ``dims`` counts channels; nil where none does.
  var channelAxis: Int? {
    if shape.cells > 1 {
      let isFirst = dims.count >= 2 && dims[0] == 1 && dims[1] == shape.channels
      return isFirst ? 1 : nil
    }
    return dims.firstIndex(of: shape.channels).flatMap { first in
      shape.channels > 1 ? first : min(1, dims.count - 1)
    }
  }

  func reshaped(_ dims: [Int]) -> Map {
    var map = self
    map.dims = dims
    return map
  }
}

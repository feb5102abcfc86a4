/// A network as a value: named nodes in the order they are computed, each using earlier ones.
///
/// Travels as JSON. A `Network` that exists is sound: every node's inputs exist and fit, which
/// both ``init(input:nodes:output:)`` and decoding check.
public struct Network: Sendable, Equatable {
  /// Extents of one image or one map: channels, height and width in pixels.
  public struct Shape: Sendable, Codable, Hashable {
    public let channels: Int
    public let height: Int
    public let width: Int

    public init(channels: Int, height: Int, width: Int) {
      self.channels = channels
      self.height = height
      self.width = width
    }

    /// Numbers in one image of this shape.
    public var count: Int { channels * height * width }
    /// Places in one channel.
    public var cells: Int { height * width }
  }

  /// What a node computes.
  ///
  /// Windows are square; sizes in pixels.
  public enum Operation: Sendable, Codable, Hashable {
    /// Cross-correlation with zero padding:
    /// `output[o,y,x] = bias[o] + Σ weight[o,i,ky,kx] · input[i, y·stride+ky−padding, …]`.
    case convolution(
      channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true)
    /// Normalises each group of channels of each image to mean 0 and variance 1, then scales and
    /// shifts by channel. Source: Wu and He 2018, `arXiv:1803.08494`; epsilon 1e-5.
    case groupNorm(groups: Int)
    /// A convolution whose output channels each see one group of the input channels; as many
    /// groups as channels make it depthwise. Only for inference.
    case groupedConvolution(
      channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int, bias: Bool = true)
    /// The gradient of a convolution as a layer of its own, which enlarges the map:
    /// each pixel spreads `weight[i,o,ky,kx]` over the output. Only for inference.
    case transposedConvolution(
      channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true)
    /// Normalises each channel to mean 0 and variance 1, then scales and shifts it: over the batch
    /// while learning, in inference by the moving mean of the batches.
    /// Source: Ioffe and Szegedy 2015, `arXiv:1502.03167`.
    case batchNorm(epsilon: Float = 1e-5)
    /// The larger of the input and 0.
    case relu
    /// Another curve applied to each number. Only for inference.
    case activation(Activation)
    /// The sum of two inputs of one shape.
    case add
    /// The product of two inputs of one shape, or of a map and one number for each of its
    /// channels. Only for inference.
    case multiply
    /// The channels of all inputs, one input after another. Only for inference.
    case concatenate
    /// The largest value of each window; padding never wins.
    case maxPool(kernel: Int, stride: Int, padding: Int = 0)
    /// The mean of each window; padding is not counted.
    case averagePool(kernel: Int, stride: Int, padding: Int = 0)
    /// The mean of each channel, a map of one cell.
    case globalAveragePool
    /// Repeats each pixel `factor` times in both directions.
    case upsample(factor: Int)
    /// Draws straight lines between the centres of the pixels; beyond the outermost centres the
    /// map goes on as it ends, unless those become the outermost centres of the enlarged map.
    /// Only for inference.
    case upsampleBilinear(factor: Int, alignsCorners: Bool = false)
    /// `exp(x) / Σ exp(x)` over the channels of each pixel. Only for inference.
    case softmax
  }

  /// A curve applied to each number.
  public enum Activation: Sendable, Codable, Hashable {
    /// `1 / (1 + exp(−x))`.
    case sigmoid
    /// `slope · x + offset`, held between 0 and 1.
    case hardSigmoid(slope: Float, offset: Float)
    /// `x · hardSigmoid(x)` with slope 1/6 and offset 1/2.
    case hardSwish
    /// `x · sigmoid(x)`.
    case swish
    /// The number, held between two.
    case clip(low: Float, high: Float)
    /// The number where it is above 0, else so much of it.
    case leakyRelu(slope: Float)
  }

  /// One computation and its name.
  public struct Node: Sendable, Codable, Hashable {
    /// Unique; 1 to 64 of the characters `A-Z a-z 0-9 . _ -`.
    public let name: String
    public let operation: Operation
    /// Names of earlier nodes, or ``Network/image``.
    public let inputs: [String]

    public init(name: String, operation: Operation, inputs: [String]) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
    }
  }

  /// The name by which nodes use the network's input.
  public static let image = "image"

  /// Shape of one image.
  public let input: Shape
  /// In the order they are computed.
  public let nodes: [Node]
  /// Name of the node whose values the network gives.
  public let output: String
  /// Shape of each node's values, in node order.
  let shapes: [Shape]

  /// Checks a list of nodes and infers their shapes.
  ///
  /// - Throws: ``EngineError/invalidNetwork(node:problem:)`` with the first node that does not fit.
  public init(input: Shape, nodes: [Node], output: String) throws(EngineError) {
    self.input = input
    self.nodes = nodes
    self.output = output
    shapes = try ShapeInference.shapes(input: input, nodes: nodes, output: output)
  }

  /// Shape of what the network gives for one image.
  public var outputShape: Shape { shape(of: output) }

  /// Shape of a node's values, or of the image.
  func shape(of name: String) -> Shape {
    guard let index = nodes.firstIndex(where: { $0.name == name }) else { return input }
    return shapes[index]
  }

  /// Multiplications and additions of the convolutions for one image, forward.
  public var floatingPointOperations: Int {
    zip(nodes, shapes).reduce(0) { sum, pair in
      let input = shape(of: pair.0.inputs[0])
      switch pair.0.operation {
      case .convolution(let channels, let kernel, _, _, _):
        return sum + 2 * channels * input.channels * kernel * kernel * pair.1.cells
      case .groupedConvolution(let channels, let kernel, _, _, let groups, _):
        return sum + 2 * channels * input.channels / groups * kernel * kernel * pair.1.cells
      case .transposedConvolution(let channels, let kernel, _, _, _):
        return sum + 2 * channels * input.channels * kernel * kernel * input.cells
      default: return sum
      }
    }
  }
}

extension Network.Operation {
  /// Whether a network with it can be trained here.
  var learns: Bool {
    switch self {
    case .convolution, .groupNorm, .relu, .add, .maxPool, .averagePool, .globalAveragePool,
      .upsample, .batchNorm:
      true
    case .groupedConvolution, .transposedConvolution, .activation, .multiply,
      .concatenate, .upsampleBilinear, .softmax:
      false
    }
  }
}

extension Network: Codable {
  private enum CodingKeys: CodingKey {
    case input, nodes, output
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      input: container.decode(Shape.self, forKey: .input),
      nodes: container.decode([Node].self, forKey: .nodes),
      output: container.decode(String.self, forKey: .output))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(input, forKey: .input)
    try container.encode(nodes, forKey: .nodes)
    try container.encode(output, forKey: .output)
  }
}

/// Writes a network down in the order an image passes through it.
///
/// ```swift
/// var build = NetworkBuilder(input: .init(channels: 1, height: 128, width: 128))
/// var x = build.convolution("stem", build.image, channels: 32, kernel: 5, stride: 2)
/// x = build.relu(build.groupNorm("stem.norm", x, groups: 8))
/// x = build.residualBlock("block1", x, channels: 64, stride: 2, groups: 8)
/// x = build.convolution("evidence", x, channels: 1, kernel: 1, bias: true)
/// let network = try build.network(output: x)
/// ```
public struct NetworkBuilder {
  /// A node's result, to be used by later nodes.
  public struct Value: Sendable, Hashable {
    let name: String
  }

  let input: Network.Shape
  private var nodes: [Network.Node] = []

  public init(input: Network.Shape) {
    self.input = input
  }

  /// The network's input.
  public var image: Value { Value(name: Network.image) }

  /// A convolution; padding is half the kernel unless told, bias is off because a norm follows.
  public mutating func convolution(
    _ name: String, _ x: Value, channels: Int, kernel: Int = 3, stride: Int = 1,
    padding: Int? = nil, bias: Bool = false
  ) -> Value {
    append(
      name,
      .convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding ?? kernel / 2,
        bias: bias),
      [x])
  }

  public mutating func groupNorm(_ name: String, _ x: Value, groups: Int) -> Value {
    append(name, .groupNorm(groups: groups), [x])
  }

  public mutating func batchNorm(_ name: String, _ x: Value, epsilon: Float = 1e-5) -> Value {
    append(name, .batchNorm(epsilon: epsilon), [x])
  }

  public mutating func relu(_ x: Value) -> Value {
    append("\(x.name).relu", .relu, [x])
  }

  public mutating func add(_ x: Value, _ y: Value) -> Value {
    append("\(x.name).sum", .add, [x, y])
  }

  public mutating func maxPool(_ x: Value, kernel: Int, stride: Int, padding: Int = 0) -> Value {
    append("\(x.name).max", .maxPool(kernel: kernel, stride: stride, padding: padding), [x])
  }

  public mutating func averagePool(
    _ x: Value, kernel: Int, stride: Int, padding: Int = 0
  ) -> Value {
    append("\(x.name).mean", .averagePool(kernel: kernel, stride: stride, padding: padding), [x])
  }

  public mutating func globalAveragePool(_ x: Value) -> Value {
    append("\(x.name).mean", .globalAveragePool, [x])
  }

  public mutating func upsample(_ x: Value, factor: Int = 2) -> Value {
    append("\(x.name).up", .upsample(factor: factor), [x])
  }

  /// Two 3x3 convolutions with group norm beside a shortcut; the first takes the stride.
  ///
  /// The shortcut is the input itself where shapes allow, else a 1x1 convolution with norm.
  public mutating func residualBlock(
    _ name: String, _ x: Value, channels: Int, stride: Int = 1, groups: Int
  ) -> Value {
    var y = convolution("\(name).conv1", x, channels: channels, stride: stride)
    y = relu(groupNorm("\(name).norm1", y, groups: groups))
    y = convolution("\(name).conv2", y, channels: channels)
    y = groupNorm("\(name).norm2", y, groups: groups)
    var shortcut = x
    if stride != 1 || self.channels(of: x) != channels {
      shortcut = convolution(
        "\(name).shortcut", x, channels: channels, kernel: 1, stride: stride)
      shortcut = groupNorm("\(name).shortcut.norm", shortcut, groups: groups)
    }
    return relu(add(y, shortcut))
  }

  /// The finished network.
  ///
  /// Mutating only so that a node written inside the call is in it too; it changes nothing.
  /// - Throws: ``EngineError/invalidNetwork(node:problem:)`` if something does not fit.
  public mutating func network(output: Value) throws(EngineError) -> Network {
    try Network(input: input, nodes: nodes, output: output.name)
  }

  private mutating func append(
    _ name: String, _ operation: Network.Operation, _ inputs: [Value]
  ) -> Value {
    nodes.append(Network.Node(name: name, operation: operation, inputs: inputs.map(\.name)))
    return Value(name: name)
  }

  /// Follows a value back to the convolution, or the image, that decides its channels.
  private func channels(of value: Value) -> Int {
    guard let node = nodes.last(where: { $0.name == value.name }) else { return input.channels }
    if case .convolution(let channels, _, _, _, _) = node.operation { return channels }
    return channels(of: Value(name: node.inputs[0]))
  }
}

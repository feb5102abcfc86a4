import Engine
import Testing

@testable import OnnxImport

@Suite("An exported network becomes nodes of the engine")
struct LoweringTests {
  /// A fixture, the operations it becomes, and how many numbers those learn.
  typealias Expectation = (fixture: Fixture, operations: String, parameters: Int)

  @Test(
    "each architecture becomes the operations it is made of",
    arguments: [
      (.resnet18, "convolution 9, relu 7, maxPool 1, add 3, globalAveragePool 1", 10_709),
      (.resnet18Dynamo, "convolution 9, relu 7, maxPool 1, add 3, globalAveragePool 1", 10_709),
      (.resnet50, "convolution 13, relu 10, maxPool 1, add 3, globalAveragePool 1", 3_605),
      (
        .densenet,
        "convolution 18, relu 18, maxPool 1, batchNorm 10, concatenate 7, averagePool 2, "
          + "globalAveragePool 1", 4_855
      ),
      (
        .mobilenet2, "convolution 8, clip 7, groupedConvolution 3, add 2, globalAveragePool 1",
        4_989
      ),
      (
        .mobilenet3,
        "convolution 17, hardSwish 7, groupedConvolution 4, relu 6, globalAveragePool 4, "
          + "hardSigmoid 3, multiply 3, add 2", 10_600
      ),
      (
        .mobilenet3Script,
        "convolution 17, hardSwish 7, groupedConvolution 4, relu 6, globalAveragePool 4, "
          + "hardSigmoid 3, multiply 3, add 2", 10_733
      ),
      (
        .efficientnet,
        "convolution 18, swish 13, groupedConvolution 4, globalAveragePool 5, sigmoid 4, "
          + "multiply 4, add 3", 10_145
      ),
      (
        .unet,
        "convolution 11, relu 10, maxPool 2, transposedConvolution 2, concatenate 2, softmax 1",
        23_771
      ),
      (
        .unetNearest, "convolution 13, relu 10, maxPool 2, upsample 2, concatenate 2, softmax 1",
        22_235
      ),
      (
        .unetBilinear,
        "convolution 13, relu 10, maxPool 2, upsampleBilinear 2, concatenate 2, softmax 1", 22_235
      ),
    ] as [Expectation])
  func architectures(expected: Expectation) throws {
    let model = try expected.fixture.model()
    #expect(model.network.operations == expected.operations)
    #expect(model.parameters.count == expected.parameters)
    let isMap = expected.operations.hasSuffix("softmax 1")
    let shape = model.network.outputShape
    #expect((shape.height, shape.width) == (isMap ? (16, 24) : (1, 1)))
    #expect(shape.channels == (isMap ? 3 : 5))
  }

  @Test(
    "group and instance norms become group norms, which take in the scale and shift behind them",
    arguments: [Fixture.norms, .normsDynamo])
  func norms(fixture: Fixture) throws {
    let model = try fixture.model()
    #expect(model.network.operations == "convolution 3, groupNorm 4, relu 2, add 1")
    let groups = model.network.nodes.compactMap { node -> Int? in
      if case .groupNorm(let groups) = node.operation { groups } else { nil }
    }
    #expect(groups.sorted() == [1, 3, 8, 8])
    #expect(model.parameters.count == 1286)
  }

  @Test(
    "lines from corner to corner keep their corners",
    arguments: [Fixture.corners, .cornersDynamo])
  func corners(fixture: Fixture) throws {
    let operations = try fixture.model().network.nodes.map(\.operation)
    for factor in [2, 3] {
      #expect(operations.contains(.upsampleBilinear(factor: factor, alignsCorners: true)))
    }
  }

  @Test("a constant that is added becomes the bias, unless others use the map without it")
  func bias() throws {
    let weight = ProtoTensor.floats("w", [1, 2, 1, 1])
    let shift = ProtoTensor.floats("b", [1])
    let convolution = ProtoNode("Conv", ["image", "w"], ["a"])
    let alone = try model([convolution, ProtoNode("Add", ["b", "a"])], [weight, shift])
    #expect(alone.network.operations == "convolution 1")
    #expect(alone.parameters["layer.Conv.bias"]?.values == [1])
    for between in [[], [ProtoNode("Identity", ["a"], ["c"]), ProtoNode("Flatten", ["a"], ["d"])]] {
      let shifted = ProtoNode("Add", [between.isEmpty ? "a" : "c", "b"], ["e"])
      let shared = try model(
        [convolution] + between + [shifted, ProtoNode("Add", ["a", "e"])], [weight, shift])
      #expect(shared.network.operations == "convolution 1, batchNorm 1, add 1")
      #expect(shared.parameters["layer.Conv.bias"] == nil)
    }
  }

  @Test(
    "a map times its own gate is one operation, times another's it is two",
    arguments: [
      ("Sigmoid", "image", "swish 1"), ("HardSigmoid", "image", "hardSwish 1"),
      ("Sigmoid", "r", "relu 1, sigmoid 1, multiply 1"), ("Relu", "image", "relu 1, multiply 1"),
    ])
  func gates(type: String, gated: String, operations: String) throws {
    let attributes: [String: GraphNode.Attribute] =
      type == "HardSigmoid" ? ["alpha": .float(1 / 6)] : [:]
    let network = try model([
      ProtoNode("Relu", ["image"], ["r"]), ProtoNode(type, [gated], ["g"], attributes),
      ProtoNode("Mul", ["g", "image"]),
    ]).network
    #expect(network.operations == operations)
  }

  @Test("padding joins the window after it where it cannot change the largest value")
  func padding() throws {
    let pads = ProtoTensor.integers("p", [0, 0, 1, 1, 0, 0, 1, 1])
    let lowest = ProtoTensor("v", Tensor([], floats: [-.infinity]))
    let pool = ProtoNode("MaxPool", ["b"], ["result"], ["kernel_shape": .integers([3, 3])])
    let relu = ProtoNode("Relu", ["image"], ["a"])
    let expected = Network.Operation.maxPool(kernel: 3, stride: 1, padding: 1)
    let positive = try model([relu, ProtoNode("Pad", ["a", "p"], ["b"]), pool], [pads])
    #expect(positive.network.nodes.last?.operation == expected)
    let low = try model([ProtoNode("Pad", ["image", "p", "v"], ["b"]), pool], [pads, lowest])
    #expect(low.network.nodes.last?.operation == expected)
    #expect(throws: OnnxError.self) {
      try model([ProtoNode("Pad", ["image", "p"], ["b"]), pool], [pads])
    }
    #expect(throws: OnnxError.self) { try model([ProtoNode("Pad", ["image", "p"])], [pads]) }
  }

  @Test("nodes keep their names as far as the engine takes them")
  func names() throws {
    var nodes = (0..<5).map { ProtoNode("Relu", [$0 == 0 ? "image" : "a\($0)"], ["a\($0 + 1)"]) }
    nodes[4].output = ["result"]
    for (index, name) in ["/image", "/image", "", "ß/é", String(repeating: "x", count: 99)]
      .enumerated()
    {
      nodes[index].name = name
    }
    let names = try model(nodes).network.nodes.map(\.name)
    #expect(names == ["image-1", "image-2", "a3", "node", String(repeating: "x", count: 56)])
  }

  private func model(
    _ nodes: [ProtoNode], _ constants: [ProtoTensor] = []
  ) throws -> OnnxModel {
    try OnnxModel(decoding: ProtoModel(nodes, constants).bytes())
  }
}

extension Network {
  /// Each kind of operation and how often it occurs, in the order of the first.
  var operations: String {
    var kinds: [(kind: String, count: Int)] = []
    for node in nodes {
      let kind = node.operation.kind
      if let index = kinds.firstIndex(where: { $0.kind == kind }) {
        kinds[index].count += 1
      } else {
        kinds.append((kind, 1))
      }
    }
    return kinds.map { "\($0.kind) \($0.count)" }.joined(separator: ", ")
  }
}

extension Network.Operation {
  /// Its name without its numbers; an activation's is that of its function.
  var kind: String {
    let text: String
    if case .activation(let function) = self { text = "\(function)" } else { text = "\(self)" }
    return String(text.prefix { $0.isLetter })
  }
}

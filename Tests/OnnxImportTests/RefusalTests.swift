import Engine
import SwiftProtobuf
import Testing

@testable import OnnxImport

@Suite("What cannot be taken is refused by name")
struct RefusalTests {
  @Test("an operator that is not known is named with its node")
  func unknownOperator() throws {
    let error = refusal(ProtoModel([ProtoNode("NonMaxSuppression", ["image"])]))
    #expect(
      error
        == .unsupportedOperator(operator: "NonMaxSuppression", node: "/layer/NonMaxSuppression"))
    #expect(
      error?.description == """
        The operator NonMaxSuppression of node /layer/NonMaxSuppression is not supported. \
        Nothing was imported; export the model again or choose another.
        """)
  }

  @Test("subgraphs are refused by their operator", arguments: ["If", "Loop", "Scan"])
  func subgraphs(type: String) {
    var node = ProtoNode(type, ["image"])
    node.attribute = [
      .with {
        $0.name = "body"
        $0.type = 5
      }
    ]
    #expect(
      refusal(ProtoModel([node])) == .unsupportedOperator(operator: type, node: "/layer/\(type)"))
  }

  @Test("operators of other makers are refused with their maker")
  func domains() {
    var node = ProtoNode("Relu", ["image"])
    node.domain = "com.microsoft"
    #expect(
      refusal(ProtoModel([node]))
        == .unsupportedOperator(operator: "com.microsoft.Relu", node: "/layer/Relu"))
  }

  @Test("a known operator used in another way says how", arguments: Use.all)
  func uses(use: Use) {
    guard case .unsupportedUse(let type, let node, let problem) = refusal(use.model) else {
      Issue.record("refused for another reason: \(String(describing: refusal(use.model)))")
      return
    }
    #expect(type == use.node.opType)
    #expect(node == use.node.name)
    #expect(problem.contains(use.problem), "\(problem)")
  }

  @Test("models with parts that are not read are refused whole")
  func features() throws {
    let relu = ProtoModel([ProtoNode("Relu", ["image"])])
    #expect(refusal(relu) == nil)
    expect("training information", relu) { $0.trainingInfo = [ProtoPresence()] }
    expect("functions of its own", relu) { $0.functions = [ProtoPresence()] }
    expect("sparse tensors", relu) { $0.graph.sparseInitializer = [ProtoPresence()] }
    expect("version 6 of the operators", relu) { $0.opsetImport[0].version = 6 }
    expect("version 99 of the operators", relu) { $0.opsetImport[0].version = 99 }
    expect("version 2 of the file format", relu) { $0.irVersion = 2 }
    expect("numbers outside the file (tensor w)", relu) { model in
      var tensor = ProtoTensor.floats("w", [1])
      tensor.dataLocation = 1
      tensor.externalData = [ProtoPresence()]
      model.graph.initializer = [tensor]
    }
    expect("numbers of kind 10 (tensor w)", relu) { model in
      var tensor = ProtoTensor.floats("w", [1])
      tensor.dataType = 10
      model.graph.initializer = [tensor]
    }
    #expect(refusal(changed(relu) { $0.opsetImport = [] }) != nil)
    #expect(refusal(changed(relu) { $0.clearGraph() }) == .damaged(problem: "it has no graph"))
  }

  @Test("a model takes one image and gives one result")
  func signature() {
    let relu = ProtoModel([ProtoNode("Relu", ["image"])])
    let other = ProtoValueInfo.with { $0.name = "other" }
    for change: (inout ProtoModel) -> Void in [
      { $0.graph.input.append(other) }, { $0.graph.input = [] },
      { $0.graph.output.append(other) }, { $0.graph.output = [] },
      { $0.graph.input = [.image([1, 2, 6])] }, { $0.graph.input = [.image([4, 2, 6, 6])] },
      { $0.graph.input = [.image([1, 2, nil, 6])] }, { $0.graph.input = [.image([1, 2, 0, 6])] },
      { $0.graph.input = [.image([1, 2, -6, 6])] },
      { $0.graph.input = [.image([1, 1 << 40, 1, 1])] },
      { $0.graph.input = [.image([1, 2, 6, 6], kind: .double)] },
      { $0.graph.node[0] = ProtoNode("Identity", ["image"]) },
      { $0.graph.node[0] = ProtoNode("Constant", [], ["result"], ["value_float": .float(1)]) },
    ] {
      guard case .unsupportedSignature = refusal(changed(relu, change)) else {
        Issue.record("\(String(describing: refusal(changed(relu, change))))")
        continue
      }
    }
  }

  @Test("a size that the file leaves open is the one asked for, and only that")
  func openSizes() throws {
    let bytes = try ProtoModel([ProtoNode("Relu", ["image"])], input: [nil, 2, nil, 6]).bytes()
    let asked = Network.Shape(channels: 2, height: 9, width: 6)
    #expect(try OnnxModel(decoding: bytes, input: asked).network.input == asked)
    let other = Network.Shape(channels: 3, height: 9, width: 6)
    #expect(throws: OnnxError.self) { try OnnxModel(decoding: bytes, input: other) }
    #expect(throws: OnnxError.self) { try OnnxModel(decoding: bytes) }
  }

  @Test("nodes in a circle, out of order or with a taken name make no graph")
  func graphs() {
    func graph(_ nodes: [ProtoNode]) -> OnnxError? { refusal(ProtoModel(nodes)) }
    let early = "/layer/Relu"
    for nodes in [
      [ProtoNode("Relu", ["b"], ["a"]), ProtoNode("Sigmoid", ["a"], ["b"])],
      [ProtoNode("Relu", ["result"], ["result"])],
      [ProtoNode("Relu", ["a"]), ProtoNode("Sigmoid", ["image"], ["a"])],
      [ProtoNode("Relu", ["image"], ["image"])],
      [ProtoNode("Relu", ["image"], [""])],
    ] {
      guard case .invalidGraph(early, _) = graph(nodes) else {
        Issue.record("\(String(describing: graph(nodes)))")
        continue
      }
    }
    let twice = [ProtoNode("Relu", ["image"]), ProtoNode("Sigmoid", ["image"])]
    #expect(
      graph(twice)
        == .invalidGraph(node: "/layer/Sigmoid", problem: "the name of its result is taken"))
    #expect(graph([ProtoNode("Relu", ["image"], ["a"])]) != nil)
  }

  @Test("weights that are not finite do not arrive")
  func notFinite() {
    let weight = ProtoTensor("w", Tensor([1, 2, 1, 1], floats: [.nan, 1]))
    #expect(
      refusal(ProtoModel([ProtoNode("Conv", ["image", "w"])], [weight]))
        == .network(.notFinite(what: "weights")))
  }

  @Test("names from a file cannot write to a terminal")
  func names() {
    var node = ProtoNode("Sine\u{1b}[2J", ["image"])
    node.name = "\u{1b}]0;" + String(repeating: "ä", count: 1000)
    let text = refusal(ProtoModel([node]))?.description ?? ""
    #expect(text.hasPrefix("The operator Sine?[2J of node ?]0;????"))
    #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.utf8.count < 250)
  }

  // MARK: Uses

  /// A node that is refused, with a word of the reason.
  struct Use: Sendable, CustomTestStringConvertible {
    let node: ProtoNode
    let constants: [ProtoTensor]
    let problem: String
    let opset: Int64

    init(
      _ problem: String, _ node: ProtoNode, _ constants: [ProtoTensor] = [], opset: Int64 = 17
    ) {
      self.problem = problem
      self.node = node
      self.constants = constants
      self.opset = opset
    }

    var model: ProtoModel { ProtoModel([node], constants, opset: opset) }
    var testDescription: String { "\(node.opType): \(problem)" }
  }

  // MARK: Parts

  private func refusal(_ model: ProtoModel) -> OnnxError? {
    do throws(OnnxError) {
      _ = try OnnxModel(decoding: (try? model.bytes()) ?? [])
      return nil
    } catch {
      return error
    }
  }

  private func changed(
    _ model: ProtoModel, _ change: (inout ProtoModel) -> Void
  ) -> ProtoModel {
    var model = model
    change(&model)
    return model
  }

  private func expect(
    _ feature: String, _ model: ProtoModel, _ change: (inout ProtoModel) -> Void
  ) {
    #expect(refusal(changed(model, change)) == .unsupportedFeature(feature))
  }
}

extension RefusalTests.Use {
  /// Every way that is tried.
  static let all: [Self] = {
    let weight = ProtoTensor.floats("w", [2, 2, 3, 3])
    let pair = ProtoTensor.floats("w", [2])
    let window: GraphNode.Attribute = .integers([3, 3])
    func node(
      _ type: String, _ inputs: [String] = ["image"],
      _ attributes: [String: GraphNode.Attribute] = [:]
    ) -> ProtoNode {
      ProtoNode(type, inputs, ["result"], attributes)
    }
    return [
      Self("it has 0 inputs", node("Relu", [])),
      Self("groups are not stated", node("GroupNormalization", ["image", "w", "w"]), [pair]),
      Self(
        "3 groups do not divide 2",
        node("GroupNormalization", ["image", "w", "w"], ["num_groups": .integer(3)]), [pair]),
      Self(
        "-1 groups do not divide 2",
        node("GroupNormalization", ["image", "w", "w"], ["num_groups": .integer(-1)]), [pair]),
      // One number for each group, before version 21.
      Self(
        "weight is for other channels",
        node("GroupNormalization", ["image", "w", "w"], ["num_groups": .integer(1)]), [pair]),
      Self(
        "epsilon",
        node("InstanceNormalization", ["image", "w", "w"], ["epsilon": .float(1e-3)]), [pair]),
      Self(
        "weight is for other channels", node("InstanceNormalization", ["image", "w", "w"]),
        [.floats("w", [3])]),
      Self("is left out", node("Relu", [""])),
      Self("attribute colour is not known", node("Relu", ["image"], ["colour": .integer(1)])),
      Self("of the wrong kind", node("LeakyRelu", ["image"], ["alpha": .text("x")])),
      Self("not finite", node("LeakyRelu", ["image"], ["alpha": .float(.infinity)])),
      Self("no constant", node("Conv", ["image", "image"])),
      Self("other channels", node("Conv", ["image", "w"]), [.floats("w", [2, 3, 3, 3])]),
      Self("other channels", node("Conv", ["image", "w"], ["group": .integer(0)]), [weight]),
      Self("other channels", node("Conv", ["image", "w"]), [.floats("w", [0, 2, 3, 3])]),
      Self("3 extents", node("Conv", ["image", "w"]), [.floats("w", [2, 2, 3])]),
      Self("square", node("Conv", ["image", "w"]), [.floats("w", [2, 2, 1, 3])]),
      Self("square", node("Conv", ["image", "w"], ["strides": .integers([1, 2])]), [weight]),
      Self(
        "impossible", node("Conv", ["image", "w"], ["pads": .integers([-1, 0, 0, 0])]), [weight]),
      Self(
        "impossible", node("Conv", ["image", "w"], ["dilations": .integers([1 << 62, 1])]),
        [weight]),
      Self("bias", node("Conv", ["image", "w", "b"]), [weight, .floats("b", [3])]),
      Self(
        "square", node("ConvTranspose", ["image", "w"], ["group": .integer(2)]), [weight]),
      Self(
        "over the edge",
        node(
          "MaxPool", ["image"],
          [
            "kernel_shape": .integers([5, 5]),
            "strides": .integers([2, 2]), "ceil_mode": .integer(1),
          ])),
      Self("not square", node("MaxPool", ["image"], ["kernel_shape": .integers([2, 3])])),
      Self("two directions", node("MaxPool", ["image"], ["kernel_shape": .integers([2])])),
      Self(
        "beside values",
        ProtoNode(
          "MaxPool", ["image"], ["result", "places"],
          ["kernel_shape": window])),
      Self("differs within a channel", node("Add", ["image", "w"]), [.floats("w", [6])]),
      Self("differs within a channel", node("Mul", ["image", "w"]), [.floats("w", [3, 2, 6, 6])]),
      Self(
        "by zero or by a map", node("Div", ["image", "w"]),
        [
          .with {
            $0 = ProtoTensor("w", Tensor([1], floats: [0]))
          }
        ]),
      Self("by zero or by a map", node("Div", ["w", "image"]), [.floats("w", [1])]),
      Self("joins maps", node("Sub", ["image", "image"])),
      Self("over the channels", node("Softmax", ["image"], ["axis": .integer(3)])),
      Self("over the channels", node("Softmax"), opset: 11),
      Self("moves the numbers", node("Transpose")),
      Self("does not become", node("Reshape", ["image", "w"]), [.integers("w", [1, 5])]),
      Self("impossible", node("Reshape", ["image", "w"]), [.integers("w", [-1, -1])]),
      Self("no constant", node("Reshape", ["image", "image"])),
      Self("side by side", node("Concat", ["image", "image"], ["axis": .integer(2)])),
      Self("none of 4", node("Concat", ["image", "image"], ["axis": .integer(9)])),
      Self(
        "beside a map", node("Concat", ["image", "w"], ["axis": .integer(1)]),
        [.floats("w", [1, 2, 6, 6])]),
      Self(
        "part of a map", node("Slice", ["image", "s", "e"]),
        [.integers("s", [0, 1]), .integers("e", [1, 2])]),
      Self("is a constant", node("Relu", ["w"]), [weight]),
      Self("no constant", node("Gather", ["image", "i"]), [.integers("i", [0])]),
      Self(
        "whole factor", node("Resize", ["image", "", "s"]),
        [
          ProtoTensor("s", Tensor([4], floats: [1, 1, 1.5, 1.5]))
        ]),
      Self(
        "whole factor", node("Resize", ["image", "", "s"]),
        [
          ProtoTensor("s", Tensor([4], floats: [1, 1, .nan, .nan]))
        ]),
      Self(
        "repeat each pixel", node("Resize", ["image", "", "s"], ["nearest_mode": .text("ceil")]),
        [ProtoTensor("s", Tensor([4], floats: [1, 1, 2, 2]))]),
      Self(
        "centres",
        node(
          "Resize", ["image", "", "s"],
          [
            "mode": .text("linear"), "coordinate_transformation_mode": .text("asymmetric"),
          ]),
        [ProtoTensor("s", Tensor([4], floats: [1, 1, 2, 2]))]),
      Self(
        "placing",
        node(
          "Resize", ["image", "", "s"],
          [
            "mode": .text("nearest"), "coordinate_transformation_mode": .text("align_corners"),
          ]),
        [ProtoTensor("s", Tensor([4], floats: [1, 1, 2, 2]))]),
      Self(
        "nearest nor linear", node("Resize", ["image", "", "s"], ["mode": .text("cubic")]),
        [ProtoTensor("s", Tensor([4], floats: [1, 1, 2, 2]))]),
      Self("other than all places", node("ReduceMean", ["image"], ["axes": .integers([1])])),
      Self("an axis twice", node("ReduceMean", ["image"], ["axes": .integers([2, -2])])),
      Self("not one row", node("Gemm", ["image", "w"]), [.floats("w", [2, 3])]),
      Self("cuts off", node("Pad", ["image", "p"]), [.integers("p", [0, 0, 0, 0, 0, 0, -1, 0])]),
      Self(
        "with a constant", node("Pad", ["image", "p"], ["mode": .text("reflect")]),
        [.integers("p", [0, 0, 1, 1, 0, 0, 1, 1])]),
      Self(
        "no band", node("Clip", ["image", "l", "h"]),
        [
          .floats("l", []),
          ProtoTensor("h", Tensor([], floats: [0])),
        ]),
      Self("other than floats", node("Cast", ["image"], ["to": .integer(7)])),
      Self(
        "too many constants", ProtoNode("ConstantOfShape", ["w"]),
        [.integers("w", [1 << 20, 1 << 20])]),
      Self(
        "too many constants", ProtoNode("ConstantOfShape", ["w"]),
        [.integers("w", [1 << 26, 0])]),
    ]
  }()
}

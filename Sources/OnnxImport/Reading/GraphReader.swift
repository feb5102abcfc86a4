import Foundation
import SwiftProtobuf

/// Reads a model's bytes and checks that they make a graph.
enum GraphReader {
  static let maximumBytes = 1 << 30
  static let maximumNodes = 1 << 14
  /// Versions of the operator set whose meaning is known here.
  static let opsets = 7...25
  /// Versions of the file format.
  static let formats: ClosedRange<Int64> = 3...14

  static func graph(_ bytes: [UInt8]) throws(OnnxError) -> Graph { try graph(model(bytes)) }

  /// A model as it is written, of which only the sizes are checked.
  static func model(_ bytes: [UInt8]) throws(OnnxError) -> ProtoModel {
    guard bytes.count <= maximumBytes else {
      throw .tooLarge(what: "bytes", limit: maximumBytes)
    }
    try WireScan.check(bytes)
    let model = try decode(bytes)
    guard model.hasGraph else { throw .damaged(problem: "it has no graph") }
    guard model.graph.node.count <= maximumNodes else {
      throw .tooLarge(what: "nodes", limit: maximumNodes)
    }
    return model
  }

  /// The graph of a model, checked to be one.
  static func graph(_ model: ProtoModel) throws(OnnxError) -> Graph {
    guard formats.contains(model.irVersion) else {
      throw .unsupportedFeature("version \(model.irVersion) of the file format")
    }
    guard model.trainingInfo.isEmpty else { throw .unsupportedFeature("training information") }
    guard model.functions.isEmpty else { throw .unsupportedFeature("functions of its own") }
    guard model.graph.sparseInitializer.isEmpty else {
      throw .unsupportedFeature("sparse tensors")
    }
    let opset = try opset(model)
    let constants = try constants(model.graph)
    let nodes = try nodes(model.graph)
    let input = try input(model.graph, constants)
    guard model.graph.output.count == 1 else {
      throw .unsupportedSignature(problem: "it has \(model.graph.output.count) results")
    }
    let output = model.graph.output[0].name
    try checkOrder(nodes, known: Set(constants.keys).union([input.name]), output: output)
    return Graph(
      input: input.name, inputDims: input.dims, constants: constants, nodes: nodes,
      output: output, opset: opset)
  }

  /// What a file holds, up to a little more than is taken.
  ///
  /// - Throws: ``OnnxError/unreadableFile``.
  static func bytes(of url: URL) throws(OnnxError) -> [UInt8] {
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      return [UInt8](try handle.read(upToCount: maximumBytes + 1) ?? Data())
    } catch {
      throw .unreadableFile
    }
  }

  private static func decode(_ bytes: [UInt8]) throws(OnnxError) -> ProtoModel {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    options.messageDepthLimit = 16
    do {
      return try ProtoModel(serializedBytes: bytes, options: options)
    } catch {
      throw .damaged(problem: "its fields cannot be decoded")
    }
  }

  private static func opset(_ model: ProtoModel) throws(OnnxError) -> Int {
    let versions = model.opsetImport.filter { isStandard($0.domain) }.map(\.version)
    guard let version = versions.first, versions.count == 1 else {
      throw .damaged(problem: "it does not say which operators it uses")
    }
    guard let opset = Int(exactly: version), opsets.contains(opset) else {
      throw .unsupportedFeature("version \(version) of the operators")
    }
    return opset
  }

  static func isStandard(_ domain: String) -> Bool {
    domain.isEmpty || domain == "ai.onnx"
  }

  private static func constants(_ graph: ProtoGraph) throws(OnnxError) -> [String: Tensor] {
    var constants: [String: Tensor] = [:]
    for proto in graph.initializer {
      guard !proto.name.isEmpty, constants[proto.name] == nil else {
        throw .invalidGraph(node: proto.name.shown, problem: "a constant's name is taken or empty")
      }
      constants[proto.name] = try Tensor(decoding: proto, name: proto.name)
    }
    return constants
  }

  /// The one input that is no constant.
  private static func input(
    _ graph: ProtoGraph, _ constants: [String: Tensor]
  ) throws(OnnxError) -> (name: String, dims: [Int?]) {
    let inputs = graph.input.filter { constants[$0.name] == nil }
    guard let input = inputs.first, inputs.count == 1, !input.name.isEmpty else {
      throw .unsupportedSignature(problem: "it has \(inputs.count) inputs")
    }
    let tensor = input.type.tensorType
    guard input.type.hasTensorType, tensor.elemType == Tensor.Kind.float.rawValue else {
      throw .unsupportedSignature(problem: "its input is no tensor of floats")
    }
    let dims = tensor.shape.dim.map { $0.hasDimValue ? Int($0.dimValue) : nil }
    guard dims.count == 4 else {
      throw .unsupportedSignature(problem: "its input has \(dims.count) extents instead of 4")
    }
    return (input.name, dims)
  }

  // MARK: Nodes

  private static func nodes(_ graph: ProtoGraph) throws(OnnxError) -> [GraphNode] {
    try graph.node.map { proto throws(OnnxError) in try node(proto) }
  }

  /// One node, with all its attributes read.
  static func node(_ proto: ProtoNode) throws(OnnxError) -> GraphNode {
    let bare = GraphNode(
      name: proto.name, type: proto.opType, inputs: proto.input, outputs: proto.output,
      attributes: [:])
    guard isStandard(proto.domain) else {
      throw .unsupportedOperator(
        operator: "\(proto.domain).\(proto.opType)".shown, node: bare.shown)
    }
    var attributes: [String: GraphNode.Attribute] = [:]
    for attribute in proto.attribute {
      guard attributes[attribute.name] == nil else {
        throw bare.refused("its attribute \(attribute.name.shown) appears twice")
      }
      attributes[attribute.name] = try value(of: attribute, in: bare)
    }
    return GraphNode(
      name: proto.name, type: proto.opType, inputs: proto.input, outputs: proto.output,
      attributes: attributes)
  }

  /// The numbers are those of ONNX's `AttributeProto.AttributeType`.
  private static func value(
    of proto: ProtoAttribute, in node: GraphNode
  ) throws(OnnxError) -> GraphNode.Attribute {
    guard proto.refAttrName.isEmpty else {
      throw node.refused("its attribute \(proto.name.shown) refers to another")
    }
    switch proto.type {
    case 1: return .float(proto.f)
    case 2: return .integer(Int(proto.i))
    case 3: return .text(String(decoding: proto.s, as: UTF8.self))
    case 4:
      guard proto.t.count == 1 else { throw node.refused("it holds \(proto.t.count) tensors") }
      return .tensor(try Tensor(decoding: proto.t[0], name: node.shown))
    case 5, 10: throw .unsupportedOperator(operator: node.type.shown, node: node.shown)
    case 6: return .floats(proto.floats)
    case 7: return .integers(proto.ints.map { Int($0) })
    case 11: throw node.refused("it holds a sparse tensor")
    default:
      throw node.refused("its attribute \(proto.name.shown) is of kind \(proto.type)")
    }
  }

  /// Refuses nodes that use what is not computed before them, as in a cycle, and names given twice.
  private static func checkOrder(
    _ nodes: [GraphNode], known: Set<String>, output: String
  ) throws(OnnxError) {
    var known = known
    for node in nodes {
      for input in node.inputs where !input.isEmpty && !known.contains(input) {
        throw .invalidGraph(
          node: node.shown, problem: "it uses \(input.shown), which nothing before it computes")
      }
      guard node.outputs.contains(where: { !$0.isEmpty }) else {
        throw .invalidGraph(node: node.shown, problem: "it has no result")
      }
      for output in node.outputs where !output.isEmpty {
        guard known.insert(output).inserted else {
          throw .invalidGraph(node: node.shown, problem: "the name of its result is taken")
        }
      }
    }
    guard known.contains(output) else {
      throw .invalidGraph(node: output.shown, problem: "nothing computes the result")
    }
  }
}

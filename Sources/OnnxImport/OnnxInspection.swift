public import Engine
public import Foundation

/// What an ONNX file says it is, and whether the engine can run it.
///
/// All text is cut and cleaned as that of an ``OnnxError``.
public struct OnnxInspection: Sendable {
  /// An input or result of the whole model.
  public struct Value: Sendable, Hashable {
    public let name: String
    /// Of its numbers, such as `float`; what the file says where it is no tensor.
    public let kind: String
    /// Extents, outermost first; nil where the file leaves one open.
    public let extents: [Int?]
  }

  /// The program that wrote the file, with its version; empty where it does not say.
  public let producer: String
  /// Version of the file format.
  public let format: Int
  /// Version of the standard operators; nil where the file names none, or several.
  public let operatorVersion: Int?
  /// What has to be handed in; constants are none.
  public let inputs: [Value]
  public let results: [Value]
  /// How often each operator is used.
  public let operators: [String: Int]
  /// All that keeps the engine from running it, in the file's order; empty where it does.
  ///
  /// Nodes behind one that cannot be taken are not judged, but for their operators.
  public let obstacles: [OnnxError]
  /// What the engine runs; nil with an obstacle.
  public let model: OnnxModel?

  /// Inspects a model's bytes, believing nothing they say.
  ///
  /// - Parameters:
  ///   - bytes: as for ``OnnxModel/init(decoding:input:)``.
  ///   - input: the size of one image, where the file leaves it open.
  /// - Throws: ``OnnxError`` for bytes that are no whole and sound ONNX model, or too many.
  public init(decoding bytes: [UInt8], input: Network.Shape? = nil) throws(OnnxError) {
    let proto = try GraphReader.model(bytes)
    producer =
      [proto.producerName, proto.producerVersion].filter { !$0.isEmpty }.map(\.shown)
      .joined(separator: " ")
    format = Int(proto.irVersion)
    let versions = proto.opsetImport.filter { GraphReader.isStandard($0.domain) }.map(\.version)
    operatorVersion = versions.count == 1 ? Int(versions[0]) : nil
    let constants = Set(proto.graph.initializer.map(\.name))
    inputs = proto.graph.input.filter { !constants.contains($0.name) }.map(Value.init)
    results = proto.graph.output.map(Value.init)
    operators = proto.graph.node.reduce(into: [:]) { $0[$1.operatorName, default: 0] += 1 }
    (obstacles, model) = try Self.judge(proto, input)
  }

  /// Inspects a file.
  ///
  /// - Throws: ``OnnxError/unreadableFile`` besides what ``init(decoding:input:)`` throws.
  public init(contentsOf url: URL, input: Network.Shape? = nil) throws(OnnxError) {
    try self.init(decoding: GraphReader.bytes(of: url), input: input)
  }

  private static func judge(
    _ proto: ProtoModel, _ input: Network.Shape?
  ) throws(OnnxError) -> (obstacles: [OnnxError], model: OnnxModel?) {
    do throws(OnnxError) {
      let graph = try GraphReader.graph(proto)
      let obstacles = try Lowering.obstacles(in: graph, input: input)
      return (obstacles, obstacles.isEmpty ? try OnnxModel(graph, input: input) : nil)
    } catch {
      guard error.isObstacle else { throw error }
      let obstacles = GraphReader.obstacles(in: proto.graph)
      return (obstacles.contains(error) ? obstacles : [error] + obstacles, nil)
    }
  }
}

extension OnnxInspection.Value {
  fileprivate init(_ proto: ProtoValueInfo) {
    let tensor = proto.type.tensorType
    let known = Tensor.Kind(rawValue: tensor.elemType).map { "\($0)" }
    self.init(
      name: proto.name.shown,
      kind: proto.type.hasTensorType ? known ?? "kind \(tensor.elemType)" : "no tensor",
      extents: tensor.shape.dim.map { $0.hasDimValue ? Int($0.dimValue) : nil })
  }
}

extension ProtoNode {
  /// With its maker, where that is not ONNX.
  fileprivate var operatorName: String {
    (GraphReader.isStandard(domain) ? opType : "\(domain).\(opType)").shown
  }
}

extension OnnxError {
  /// Whether a sound model may still be refused for it.
  var isObstacle: Bool {
    switch self {
    case .unsupportedFeature, .unsupportedSignature, .unsupportedOperator, .unsupportedUse,
      .network:
      true
    case .unreadableFile, .tooLarge, .damaged, .invalidGraph: false
    }
  }
}

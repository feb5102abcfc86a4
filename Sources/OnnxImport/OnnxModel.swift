public import Engine
public import Foundation

/// A network of another program, read from an ONNX file.
///
/// ```swift
/// let model = try OnnxModel(contentsOf: url)
/// let inference = try Inference(model.network, model.parameters)
/// ```
public struct OnnxModel: Sendable {
  /// What the file computes for one image; its nodes are named after the file's.
  public let network: Network
  /// The file's weights, under the network's names.
  public let parameters: Parameters

  /// Reads a model from its bytes, believing nothing they say.
  ///
  /// The model has one input, `[images, channels, height, width]` floats, and one result.
  /// - Parameters:
  ///   - bytes: an ONNX `ModelProto`, at most 1 GiB, operators of version 7 to 25.
  ///   - input: the size of one image; needed only where the file leaves it open.
  /// - Throws: ``OnnxError`` with the first thing that cannot be taken.
  public init(decoding bytes: [UInt8], input: Network.Shape? = nil) throws(OnnxError) {
    try self.init(GraphReader.graph(bytes), input: input)
  }

  init(_ graph: Graph, input: Network.Shape?) throws(OnnxError) {
    (network, parameters) = try Lowering.network(of: graph, input: input)
  }

  /// Reads a model from a file.
  ///
  /// - Throws: ``OnnxError/unreadableFile`` besides what ``init(decoding:input:)`` throws.
  public init(contentsOf url: URL, input: Network.Shape? = nil) throws(OnnxError) {
    try self.init(decoding: GraphReader.bytes(of: url), input: input)
  }
}

public import Engine

/// Why a model file was not imported; names in it are cut and cleaned, so that a hostile file
/// cannot write to a terminal.
public enum OnnxError: Error, Sendable, Equatable {
  /// The file could not be read at all.
  case unreadableFile
  /// More of something than a network could need; `limit` is the most that is taken.
  case tooLarge(what: String, limit: Int)
  /// Bytes that are no ONNX model, or only a part of one.
  case damaged(problem: String)
  /// Something about the whole model that is not taken, such as weights in other files.
  case unsupportedFeature(String)
  /// The model has other inputs or outputs than one image and one result.
  case unsupportedSignature(problem: String)
  /// A node of an operator that is not known.
  case unsupportedOperator(operator: String, node: String)
  /// A node of a known operator, used in a way that is not.
  case unsupportedUse(operator: String, node: String, problem: String)
  /// Nodes that do not make a graph: which, and why.
  case invalidGraph(node: String, problem: String)
  /// The engine refuses the network that came out.
  case network(EngineError)
}

extension OnnxError: CustomStringConvertible {
  public var description: String {
    let reason =
      switch self {
      case .unreadableFile: "The model file cannot be read"
      case .tooLarge(let what, let limit):
        "The model has too much of one thing: \(what), at most \(limit)"
      case .damaged(let problem): "The file is no whole ONNX model: \(problem)"
      case .unsupportedFeature(let feature): "The model uses \(feature), which is not supported"
      case .unsupportedSignature(let problem): "The model cannot take one image: \(problem)"
      case .unsupportedOperator(let type, let node):
        "The operator \(type) of node \(node) is not supported"
      case .unsupportedUse(let type, let node, let problem):
        "The operator \(type) of node \(node) is not supported like this: \(problem)"
      case .invalidGraph(let node, let problem):
        "The model is not sound: node \(node): \(problem)"
      case .network(let error): "The engine refuses the model. \(error)"
      }
    return "\(reason). Nothing was imported; export the model again or choose another."
  }
}

extension String {
  /// At most 64 printable ASCII characters of a text from a file.
  var shown: String {
    let clean = unicodeScalars.prefix(64).map { (" "..."~").contains($0) ? Character($0) : "?" }
    return clean.isEmpty ? "(no name)" : String(clean)
  }
}

/// A model as it was written, known to be whole: nodes use what is computed before them, names are
/// unique, constants have all their numbers.
struct Graph {
  /// Name of the image.
  let input: String
  /// Its extents, `[images, channels, height, width]`; nil where the file leaves one open.
  let inputDims: [Int?]
  let constants: [String: Tensor]
  let nodes: [GraphNode]
  /// Name of the result.
  let output: String
  /// Version of the operators.
  let opset: Int
}

/// One use of an operator.
struct GraphNode {
  enum Attribute {
    case float(Float)
    case integer(Int)
    case text(String)
    case tensor(Tensor)
    case floats([Float])
    case integers([Int])
  }

  /// As in the file; may be empty.
  let name: String
  /// Name of the operator, such as `Conv`.
  let type: String
  /// Names of values; empty where an optional one is left out.
  let inputs: [String]
  let outputs: [String]
  let attributes: [String: Attribute]

  /// The name to show: the node's own, or that of its first result.
  var shown: String { (name.isEmpty ? outputs.first ?? "" : name).shown }

  /// The refusal of this node for a reason.
  func refused(_ problem: String) -> OnnxError {
    .unsupportedUse(operator: type.shown, node: shown, problem: problem)
  }

  /// Whether an input is there.
  func has(_ index: Int) -> Bool {
    index < inputs.count && !inputs[index].isEmpty
  }

  func integer(_ name: String) throws(OnnxError) -> Int? {
    switch attributes[name] {
    case nil: nil
    case .integer(let integer): integer
    default: throw wrongKind(name)
    }
  }

  func float(_ name: String) throws(OnnxError) -> Float? {
    switch attributes[name] {
    case nil: nil
    case .float(let float): float
    default: throw wrongKind(name)
    }
  }

  func text(_ name: String) throws(OnnxError) -> String? {
    switch attributes[name] {
    case nil: nil
    case .text(let text): text
    default: throw wrongKind(name)
    }
  }

  func integers(_ name: String) throws(OnnxError) -> [Int]? {
    switch attributes[name] {
    case nil: nil
    case .integers(let integers): integers
    default: throw wrongKind(name)
    }
  }

  func floats(_ name: String) throws(OnnxError) -> [Float]? {
    switch attributes[name] {
    case nil: nil
    case .floats(let floats): floats
    default: throw wrongKind(name)
    }
  }

  private func wrongKind(_ name: String) -> OnnxError {
    refused("its attribute \(name) is of the wrong kind")
  }
}

import Engine

/// A network while it is written down, with the numbers its nodes learn.
struct NetworkDraft {
  /// One array of a node: what it is, its shape and its numbers.
  typealias Array = (suffix: String, shape: [Int], values: [Float])

  let input: Network.Shape
  private(set) var nodes: [Network.Node] = []
  private var indices: [String: Int] = [:]
  private var shapes: [String: Network.Shape]
  private var arrays: [String: [Array]] = [:]
  /// Numbers in all arrays; more than the engine takes are refused before they are copied.
  private var count = 0

  init(input: Network.Shape) {
    self.input = input
    shapes = [Network.image: input]
  }

  /// The node of that name; nil for the image.
  func node(_ name: String) -> Network.Node? {
    indices[name].map { nodes[$0] }
  }

  func arrays(of name: String) -> [Array] { arrays[name] ?? [] }

  /// Counts numbers that are about to be made.
  ///
  /// - Throws: ``OnnxError/tooLarge(what:limit:)``.
  mutating func reserve(_ numbers: Int) throws(OnnxError) {
    guard numbers <= Tensor.maximumCount - count else {
      throw .tooLarge(what: "weights", limit: Tensor.maximumCount)
    }
    count += numbers
  }

  /// Adds a node whose operation fits its inputs; nil where it does not.
  mutating func append(
    _ operation: Network.Operation, to inputs: [String], named wish: String, arrays: [Array] = []
  ) -> (name: String, shape: Network.Shape)? {
    guard let shape = operation.shape(for: inputs.compactMap { shapes[$0] }) else { return nil }
    let name = freeName(wish)
    indices[name] = nodes.count
    nodes.append(Network.Node(name: name, operation: operation, inputs: inputs))
    shapes[name] = shape
    self.arrays[name] = arrays
    return (name, shape)
  }

  /// Gives a node another operation with the same result shape, and other arrays.
  mutating func replace(_ name: String, with operation: Network.Operation, arrays: [Array]) {
    guard let index = indices[name] else { preconditionFailure("only a node can be replaced") }
    nodes[index] = Network.Node(name: name, operation: operation, inputs: nodes[index].inputs)
    self.arrays[name] = arrays
  }

  /// The network of what the result needs, and its numbers.
  ///
  /// - Throws: ``OnnxError/network(_:)`` where the engine refuses one of them.
  func finished(output: String) throws(OnnxError) -> (network: Network, parameters: Parameters) {
    var live: Set = [output]
    for node in nodes.reversed() where live.contains(node.name) { live.formUnion(node.inputs) }
    let nodes = nodes.filter { live.contains($0.name) }
    let entries = nodes.flatMap { node in
      arrays(of: node.name).map {
        Parameters.Entry(name: "\(node.name).\($0.suffix)", shape: $0.shape, values: $0.values)
      }
    }
    do throws(EngineError) {
      let network = try Network(input: input, nodes: nodes, output: output)
      let parameters = Parameters(entries: entries)
      try network.check(parameters)
      return (network, parameters)
    } catch {
      throw .network(error)
    }
  }

  /// A name the engine takes, as near to the wish as can be.
  ///
  /// No wish keeps a hyphen, so a hyphen and the node's place make a name that is free.
  private func freeName(_ wish: String) -> String {
    let allowed = wish.utf8.prefix(1024).map { byte -> Character in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        Character(UnicodeScalar(byte))
      default: "."
      }
    }
    let stem = String(String(allowed.drop { $0 == "." }).suffix(56))
    let name = stem.isEmpty ? "node" : stem
    if shapes[name] == nil { return name }
    return "\(name)-\(nodes.count + 1)"
  }
}

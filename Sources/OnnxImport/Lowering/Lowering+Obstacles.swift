import Engine

extension GraphReader {
  /// Every node that is not read because of how it is written, or whose operator is not known.
  static func obstacles(in graph: ProtoGraph) -> [OnnxError] {
    graph.node.compactMap { proto in
      do throws(OnnxError) {
        let node = try node(proto)
        return Lowering.knows(node.type)
          ? nil : .unsupportedOperator(operator: node.type.shown, node: node.shown)
      } catch {
        return error.isObstacle ? error : nil
      }
    }
  }
}

extension Lowering {
  /// Every node that stands in the way, in the file's order.
  ///
  /// What needs the result of such a node is passed over, unless its operator is not known either.
  /// - Throws: ``OnnxError`` for a fault before the first obstacle.
  static func obstacles(
    in graph: Graph, input: Network.Shape?
  ) throws(OnnxError) -> [OnnxError] {
    var obstacles: [OnnxError] = []
    var blocked: Set<String> = []
    var lowering = Lowering(graph, try inputShape(graph, wish: input))
    for node in graph.nodes {
      if knows(node.type), node.inputs.contains(where: blocked.contains) {
        blocked.formUnion(node.outputs)
        continue
      }
      do throws(OnnxError) { try lowering.lower(node) } catch {
        guard error.isObstacle else {
          if obstacles.isEmpty { throw error }
          return obstacles
        }
        obstacles.append(error)
        blocked.formUnion(node.outputs)
      }
      // An optional input that is left out has no name.
      blocked.remove("")
    }
    return obstacles
  }
}

@testable import Federation

/// A way to a coordinator whose node dies when so many objects of its answer have arrived.
struct HalfwayTransport: FederationTransport {
  let way: any FederationTransport
  let coordinator: EmbeddedCoordinator
  let key: NodeKey
  let objects: Int
  var server: String { way.server }

  func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) {
    let key = key.publicPEM
    do {
      let wanted = try await coordinator.announce(
        answer.announcement, answer.tree.proto, by: node, key: key)
      for id in wanted.prefix(objects) {
        let bytes = try answer.content(of: id) ?? []
        _ = try await coordinator.put(bytes, as: id, by: node, key: key)
      }
    } catch { throw .unexpected(server: server) }
    throw .cancelled
  }

  func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    try await way.activate(resuming: node)
  }

  func beat(as node: NodeID) async throws(FleetError) { try await way.beat(as: node) }

  func pull(as node: NodeID) async throws(FleetError) -> Instruction? {
    try await way.pull(as: node)
  }

  func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] { try await way.fetch(id, of: run, as: node) }

  func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) { try await way.confirm(message, of: run, as: node) }

  func leave(_ node: NodeID) async throws(FleetError) { try await way.leave(node) }
}

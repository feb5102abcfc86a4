import Synchronization

@testable import Federation

/// A way to a coordinator that gives out one instruction for ever.
final class RepeatingTransport: FederationTransport {
  private let way: any FederationTransport
  private let instruction: Instruction
  private let confirmations = Mutex<[ObjectID]>([])
  var server: String { way.server }
  var confirmed: [ObjectID] { confirmations.withLock { $0 } }

  init(way: any FederationTransport, instruction: Instruction) {
    self.way = way
    self.instruction = instruction
  }

  func pull(as node: NodeID) async throws(FleetError) -> Instruction? { instruction }

  func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) {
    confirmations.withLock { $0.append(message) }
    try await way.confirm(message, of: run, as: node)
  }

  func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    try await way.activate(resuming: node)
  }

  func beat(as node: NodeID) async throws(FleetError) { try await way.beat(as: node) }

  func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] { try await way.fetch(id, of: run, as: node) }

  func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) { try await way.push(answer, as: node, before: before) }

  func leave(_ node: NodeID) async throws(FleetError) { try await way.leave(node) }
}

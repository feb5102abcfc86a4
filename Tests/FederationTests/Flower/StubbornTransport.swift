@testable import Federation

/// A way to a coordinator on which the test lets calls fail.
struct StubbornTransport: FederationTransport {
  enum Call { case beat, pull, fetch, push }

  let way: any FederationTransport
  var server: String { way.server }
  /// What goes wrong with a call before it is made, if anything.
  let failure: @Sendable (Call) -> FleetError?

  private func check(_ call: Call) throws(FleetError) {
    if let error = failure(call) { throw error }
  }

  func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    try await way.activate(resuming: node)
  }

  func beat(as node: NodeID) async throws(FleetError) {
    try check(.beat)
    try await way.beat(as: node)
  }

  func pull(as node: NodeID) async throws(FleetError) -> Instruction? {
    try check(.pull)
    return try await way.pull(as: node)
  }

  func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] {
    try check(.fetch)
    return try await way.fetch(id, of: run, as: node)
  }

  func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) { try await way.confirm(message, of: run, as: node) }

  func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) {
    try check(.push)
    try await way.push(answer, as: node, before: before)
  }

  func leave(_ node: NodeID) async throws(FleetError) { try await way.leave(node) }
}

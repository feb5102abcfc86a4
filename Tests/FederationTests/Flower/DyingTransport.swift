import Synchronization

@testable import Federation

/// A way to a coordinator whose node dies at one call: before it is made, or before its answer is
/// heard.
final class DyingTransport: FederationTransport {
  private let way: any FederationTransport
  private let call: Int
  private let isAnswered: Bool
  private let calls = Mutex(0)
  var server: String { way.server }

  init(_ way: any FederationTransport, at call: Int, isAnswered: Bool) {
    self.way = way
    self.call = call
    self.isAnswered = isAnswered
  }

  /// Whether this call is the last.
  private func isLast() -> Bool {
    calls.withLock { calls in
      defer { calls += 1 }
      return calls == call
    }
  }

  /// Dies before the call, or says whether to die after it.
  private func begin() throws(FleetError) -> Bool {
    guard isLast() else { return false }
    guard isAnswered else { throw .cancelled }
    return true
  }

  private func end(_ dies: Bool) throws(FleetError) { if dies { throw .cancelled } }

  func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    let dies = try begin()
    let node = try await way.activate(resuming: node)
    try end(dies)
    return node
  }

  func beat(as node: NodeID) async throws(FleetError) { try await way.beat(as: node) }

  func pull(as node: NodeID) async throws(FleetError) -> Instruction? {
    let dies = try begin()
    let instruction = try await way.pull(as: node)
    try end(dies)
    return instruction
  }

  func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] {
    let dies = try begin()
    let bytes = try await way.fetch(id, of: run, as: node)
    try end(dies)
    return bytes
  }

  func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) {
    let dies = try begin()
    try await way.confirm(message, of: run, as: node)
    try end(dies)
  }

  func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) {
    let dies = try begin()
    try await way.push(answer, as: node, before: before)
    try end(dies)
  }

  func leave(_ node: NodeID) async throws(FleetError) { try await way.leave(node) }
}

/// The way to a coordinator in this process.
public struct LocalTransport: FederationTransport {
  private let coordinator: EmbeddedCoordinator
  private let key: String

  /// The way of the key's owner; it needs no proof in here.
  public init(_ coordinator: EmbeddedCoordinator, key: NodeKey) {
    self.coordinator = coordinator
    self.key = key.publicPEM
  }

  private static let server = "this machine"
  public var server: String { Self.server }

  private func failure(_ refusal: FleetRefusal) -> FleetError {
    switch refusal {
    case .notAuthenticated, .registrationClosed: .unknownKey(server: Self.server)
    case .keyInUse, .notActivated: .stillOnline(server: Self.server)
    default:
      .refused(
        server: Self.server, status: refusal.wire.status, code: refusal.wire.code ?? 0,
        reason: refusal.wire.detail)
    }
  }

  public func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    do {
      return try await coordinator.activate(key, interval: heartbeatInterval)
    } catch {
      if let node {
        do {
          try await beat(as: node)
          return node
        } catch .unknownKey {
          // It began anew, and has no such number.
        }
      }
    }
    do {
      _ = try await coordinator.register(key)
      return try await coordinator.activate(key, interval: heartbeatInterval)
    } catch { throw failure(error) }
  }

  public func beat(as node: NodeID) async throws(FleetError) {
    do { try await coordinator.beat(node, key: key, interval: heartbeatInterval) } catch {
      throw failure(error)
    }
  }

  public func pull(as node: NodeID) async throws(FleetError) -> Instruction? {
    do {
      return try await coordinator.next(for: node, key: key).map {
        Instruction(run: $0.heading.run, tree: $0.tree)
      }
    } catch { throw failure(error) }
  }

  public func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] {
    let bytes: [UInt8]?
    do { bytes = try await coordinator.object(id, for: node, key: key) } catch {
      throw failure(error)
    }
    guard let bytes else { throw .missing(id) }
    return bytes
  }

  public func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) {
    do { try await coordinator.confirm(message, by: node, key: key) } catch {
      throw failure(error)
    }
  }

  public func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) {
    let wanted: [ObjectID]
    do {
      wanted = try await coordinator.announce(
        answer.announcement, answer.tree.proto, by: node, key: key)
    } catch { throw failure(error) }
    guard before || !wanted.isEmpty else { throw .replyDropped(server: Self.server) }
    for id in wanted {
      guard let bytes = try answer.bytes(of: id) else { throw .missing(id) }
      let isStored: Bool
      do { isStored = try await coordinator.put(bytes, as: id, by: node, key: key) } catch {
        throw failure(error)
      }
      guard isStored else { throw .replyDropped(server: Self.server) }
    }
  }

  public func leave(_ node: NodeID) async throws(FleetError) {
    do { try await coordinator.deactivate(node, key: key) } catch { throw failure(error) }
  }
}

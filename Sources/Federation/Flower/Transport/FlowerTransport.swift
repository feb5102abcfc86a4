public import Foundation
import SwiftProtobuf

/// The way to a coordinator over the network: a stock Flower SuperLink of 1.40 to 1.42, or our own.
///
/// Source: flwr 1.41, `superlink/routers/fleet/router.py`. Close it when done.
public struct FlowerTransport: FederationTransport {
  private let client: FleetClient
  private let key: NodeKey
  private var server: String { client.address.server }

  /// A way to that coordinator; signatures are dated with what `now` says.
  public init(
    _ address: CoordinatorAddress, key: NodeKey, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.key = key
    client = FleetClient(address, key: key, now: now)
  }

  public func close() async { await client.close() }

  public func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID {
    do { return try await activate() } catch .refused(_, 412, 2004, _) {
      // A key nobody knows, or a node that is still taken for online: nobody says which.
      guard let node else { return try await register() }
      do { try await beat(as: node) } catch .unknownKey { return try await register() }
      return node
    }
  }

  private func activate() async throws(FleetError) -> NodeID {
    let question = ProtoActivateNodeRequest.with {
      $0.publicKey = Data(key.publicPEM.utf8)
      $0.heartbeatInterval = heartbeatInterval
    }
    let answer: ProtoActivateNodeResponse = try await client.call("activate-node", question)
    return NodeID(rawValue: answer.nodeID)
  }

  /// Makes the key known, where a coordinator lets everybody in.
  private func register() async throws(FleetError) -> NodeID {
    let question = ProtoRegisterNodeFleetRequest.with { $0.publicKey = Data(key.publicPEM.utf8) }
    do {
      let _: ProtoRegisterNodeFleetResponse = try await client.call("register-node", question)
    } catch .refused(_, 412, 2001, _) {
      throw .unknownKey(server: server)
    } catch .refused(_, 412, _, _) {
      // The key is known after all, so it is online: as somebody with another number.
      throw .stillOnline(server: server)
    }
    return try await activate()
  }

  public func beat(as node: NodeID) async throws(FleetError) {
    let question = ProtoSendNodeHeartbeatRequest.with {
      $0.node.nodeID = node.rawValue
      $0.heartbeatInterval = heartbeatInterval
    }
    let answer: ProtoSendNodeHeartbeatResponse = try await client.call(
      "send-node-heartbeat", question)
    guard answer.success else { throw .unknownKey(server: server) }
  }

  public func pull(as node: NodeID) async throws(FleetError) -> Instruction? {
    let question = ProtoPullMessagesRequest.with { $0.node.nodeID = node.rawValue }
    let answer: ProtoPullMessagesResponse = try await client.call("pull-messages", question)
    guard let message = answer.messagesList.first else { return nil }
    guard answer.messagesList.count == 1, let tree = answer.messageObjectTrees.first else {
      throw .unexpected(server: server)
    }
    return try Instruction(message, tree)
  }

  public func fetch(
    _ id: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) -> [UInt8] {
    let question = ProtoPullObjectRequest.with {
      $0.node.nodeID = node.rawValue
      $0.runID = run.rawValue
      $0.objectID = id.description
    }
    let end = ContinuousClock.now + client.address.patience.answer
    while .now < end {
      let answer: ProtoPullObjectResponse = try await client.call("pull-object", question)
      guard answer.objectFound else { throw .missing(id) }
      if answer.objectAvailable {
        let bytes = [UInt8](answer.objectContent)
        guard ObjectID(of: bytes) == id else { throw .wrongContent(id) }
        return bytes
      }
      // Somebody is still sending it.
      do { try await Task.sleep(for: client.address.patience.pause) } catch { throw .cancelled }
    }
    throw .tooSlow(server: server)
  }

  public func confirm(
    _ message: ObjectID, of run: RunID, as node: NodeID
  ) async throws(FleetError) {
    let question = ProtoConfirmMessageReceivedRequest.with {
      $0.node.nodeID = node.rawValue
      $0.runID = run.rawValue
      $0.messageObjectID = message.description
    }
    let _: ProtoConfirmMessageReceivedResponse = try await client.call(
      "confirm-message-received", question)
  }

  public func push(_ answer: DeflatedMessage, as node: NodeID) async throws(FleetError) {
    let question = ProtoPushMessagesRequest.with {
      $0.node.nodeID = node.rawValue
      $0.messagesList = [answer.announcement]
      $0.messageObjectTrees = [answer.tree.proto]
      $0.clientappRuntimeList = [0]
    }
    let wanted: ProtoPushMessagesResponse = try await client.call("push-messages", question)
    // Its own name is new, so at least that is wanted, or the answer was dropped without a word.
    guard wanted.objectsToPush.contains(answer.id.description) else {
      throw .replyDropped(server: server)
    }
    let names = Set(wanted.objectsToPush)
    for id in answer.tree.objects where names.contains(id.description) {
      try await push(id, of: answer, in: wanted.sessionID, as: node)
    }
  }

  private func push(
    _ id: ObjectID, of answer: DeflatedMessage, in session: String, as node: NodeID
  ) async throws(FleetError) {
    guard let content = try answer.bytes(of: id) else { throw .missing(id) }
    let question = ProtoPushObjectRequest.with {
      $0.node.nodeID = node.rawValue
      $0.runID = answer.heading.run.rawValue
      $0.objectID = id.description
      $0.objectContent = Data(content)
      $0.sessionID = session
    }
    let stored: ProtoPushObjectResponse = try await patiently("push-object", question)
    guard stored.stored else { throw .replyDropped(server: server) }
  }

  /// Asks again what passes, as long as an answer is waited for.
  ///
  /// An answer is announced once: who begins again after half of it is not listened to.
  private func patiently<Answer: Message>(
    _ operation: String, _ question: some Message
  ) async throws(FleetError) -> Answer {
    let end = ContinuousClock.now + client.address.patience.cut
    var pause = client.address.patience.pause
    while true {
      do { return try await client.call(operation, question) } catch {
        guard error.isPassing, .now + pause < end else { throw error }
      }
      do { try await Task.sleep(for: pause) } catch { throw .cancelled }
      pause = min(pause * 2, .seconds(30))
    }
  }

  public func leave(_ node: NodeID) async throws(FleetError) {
    let question = ProtoDeactivateNodeRequest.with { $0.nodeID = node.rawValue }
    let _: ProtoDeactivateNodeResponse = try await client.call("deactivate-node", question)
  }
}

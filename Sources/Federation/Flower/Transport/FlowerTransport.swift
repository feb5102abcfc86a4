public import Foundation
import SwiftProtobuf

/// The way to a coordinator over the network: a stock Flower SuperLink of 1.40 to 1.42, or our own.
///
/// Source: flwr 1.41, `superlink/routers/fleet/router.py`. Close it when done.
public struct FlowerTransport: FederationTransport {
  private let client: FleetClient
  private let key: NodeKey
  private let unfinished: UnfinishedPush
  public var server: String { client.address.server }

  /// A way to that coordinator; signatures are dated with what `now` says.
  public init(
    _ address: CoordinatorAddress, key: NodeKey, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.init(address, key: key, UnfinishedPush(), now: now)
  }

  /// The way of a node that may be killed: an answer that was on its way goes on where it was.
  public init(
    _ address: CoordinatorAddress, of folder: NodeFolder,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.init(address, key: folder.key, UnfinishedPush(at: folder.place(of: .pushing)), now: now)
  }

  private init(
    _ address: CoordinatorAddress, key: NodeKey, _ unfinished: UnfinishedPush,
    now: @escaping @Sendable () -> Date
  ) {
    self.key = key
    self.unfinished = unfinished
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
      "send-node-heartbeat", question, within: client.address.patience.beat)
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

  public func push(
    _ answer: DeflatedMessage, as node: NodeID, before: Bool
  ) async throws(FleetError) {
    var wanted = try await announce(answer, as: node)
    guard before || !wanted.names.isEmpty else { throw .replyDropped(server: server) }
    if wanted.names.isEmpty, let rest = unfinished.rest(of: answer.id) { wanted = rest }
    // What was sent twice may be refused because it arrived the first time: then it is not wanted.
    while !(try await push(wanted, of: answer, as: node)) {
      let left = try await announce(answer, as: node)
      guard left.names.count < wanted.names.count else { throw .replyDropped(server: server) }
      wanted = left
    }
    unfinished.end()
  }

  /// Asked once: what may have arrived is for the caller to know.
  private func announce(
    _ answer: DeflatedMessage, as node: NodeID
  ) async throws(FleetError) -> WantedObjects {
    let question = ProtoPushMessagesRequest.with {
      $0.node.nodeID = node.rawValue
      $0.messagesList = [answer.announcement]
      $0.messageObjectTrees = [answer.tree.proto]
      $0.clientappRuntimeList = [0]
    }
    let wanted: ProtoPushMessagesResponse = try await client.call(
      "push-messages", question, tries: 1)
    let names = Set(answer.tree.objects.map(\.description))
    return WantedObjects(
      names: names.intersection(wanted.objectsToPush), session: wanted.sessionID)
  }

  /// Whether the coordinator took every object; if not, one of them may have been there already.
  private func push(
    _ wanted: WantedObjects, of answer: DeflatedMessage, as node: NodeID
  ) async throws(FleetError) -> Bool {
    unfinished.begin(wanted, of: answer.id)
    var isTaken = true
    // It was on its way when the line was cut, and may have arrived.
    var mayBeThere = wanted.isRest
    for id in answer.tree.objects where wanted.names.contains(id.description) {
      guard let content = try answer.bytes(of: id) else { throw .missing(id) }
      let question = ProtoPushObjectRequest.with {
        $0.node.nodeID = node.rawValue
        $0.runID = answer.heading.run.rawValue
        $0.objectID = id.description
        $0.objectContent = Data(content)
        $0.sessionID = wanted.session
      }
      let (isStored, tries) = try await patiently(question)
      guard isStored || tries > 1 || mayBeThere else {
        unfinished.end()
        throw .replyDropped(server: server)
      }
      unfinished.note(id.description)
      mayBeThere = false
      if !isStored { isTaken = false }
    }
    return isTaken
  }

  /// Sends an object again while its way fails for a while, as long as an answer is waited for.
  private func patiently(
    _ question: ProtoPushObjectRequest
  ) async throws(FleetError) -> (isStored: Bool, tries: Int) {
    let end = ContinuousClock.now + client.address.patience.cut
    var pause = client.address.patience.pause
    var tries = 1
    while true {
      do {
        let answer: ProtoPushObjectResponse = try await client.call(
          "push-object", question, tries: 1)
        return (answer.stored, tries)
      } catch {
        // A clock is not set by waiting: whoever can set it has to hear of it.
        if case .wrongClock = error { throw error }
        guard error.isPassing, .now + pause < end else { throw error }
      }
      do { try await Task.sleep(for: pause) } catch { throw .cancelled }
      pause = min(pause * 2, .seconds(30))
      tries += 1
    }
  }

  public func leave(_ node: NodeID) async throws(FleetError) {
    let question = ProtoDeactivateNodeRequest.with { $0.nodeID = node.rawValue }
    let _: ProtoDeactivateNodeResponse = try await client.call("deactivate-node", question)
  }
}

import Foundation
import SwiftProtobuf
import Synchronization

/// The calls of the Fleet API as bytes: who asks is checked, then the coordinator is asked.
struct FleetService: Sendable {
  let coordinator: EmbeddedCoordinator
  let now: @Sendable () -> Date
  private let seen = SeenProofs()

  init(_ coordinator: EmbeddedCoordinator, now: @escaping @Sendable () -> Date) {
    self.coordinator = coordinator
    self.now = now
  }

  /// Answers one call.
  ///
  /// - Throws: ``FleetRefusal``.
  func answer(
    _ path: String, _ body: [UInt8], field: (String) -> String?
  ) async throws(FleetRefusal) -> [UInt8] {
    let prefix = "/v1/fleet/"
    guard path.hasPrefix(prefix) else { throw .noSuchCall }
    guard field("content-type") == "application/protobuf" else { throw .notProtobuf }
    let date = now()
    guard
      let proof = NodeProof(
        key: field("flwr-public-key"), timestamp: field("flwr-timestamp"),
        signature: field("flwr-signature"), at: date),
      // The signature says nothing of the call: one that was seen already is a replay.
      seen.note(proof, at: date)
    else { throw .notAuthenticated }
    return try await answer(String(path.dropFirst(prefix.count)), body, from: proof.key)
  }

  private func answer(
    _ call: String, _ body: [UInt8], from key: String
  ) async throws(FleetRefusal) -> [UInt8] {
    switch call {
    case "register-node":
      let asked: ProtoRegisterNodeFleetRequest = try read(body)
      guard asked.publicKey.elementsEqual(key.utf8) else { throw .notAuthenticated }
      let node = try await coordinator.register(key)
      return try write(ProtoRegisterNodeFleetResponse.with { $0.nodeID = node.rawValue })
    case "activate-node":
      let asked: ProtoActivateNodeRequest = try read(body)
      guard asked.publicKey.elementsEqual(key.utf8) else { throw .notAuthenticated }
      let node = try await coordinator.activate(key, interval: asked.heartbeatInterval)
      return try write(ProtoActivateNodeResponse.with { $0.nodeID = node.rawValue })
    case "send-node-heartbeat":
      let asked: ProtoSendNodeHeartbeatRequest = try read(body)
      try await coordinator.beat(
        NodeID(asked.node), key: key, interval: asked.heartbeatInterval)
      return try write(ProtoSendNodeHeartbeatResponse.with { $0.success = true })
    case "deactivate-node":
      let asked: ProtoDeactivateNodeRequest = try read(body)
      try await coordinator.deactivate(NodeID(rawValue: asked.nodeID), key: key)
      return try write(ProtoDeactivateNodeResponse())
    case "unregister-node":
      let asked: ProtoUnregisterNodeFleetRequest = try read(body)
      try await coordinator.unregister(NodeID(rawValue: asked.nodeID), key: key)
      return try write(ProtoUnregisterNodeFleetResponse())
    case "get-run", "get-fab": return try await describe(call, body, to: key)
    default: return try await exchange(call, body, with: key)
    }
  }

  /// What is said of the run and its application; our own nodes need neither.
  private func describe(
    _ call: String, _ body: [UInt8], to key: String
  ) async throws(FleetRefusal) -> [UInt8] {
    let application = coordinator.application
    if call == "get-run" {
      let asked: ProtoGetRunRequest = try read(body)
      try await coordinator.check(NodeID(asked.node), key)
      guard asked.runID == coordinator.run.rawValue else { throw .unknownRun }
      return try write(
        ProtoGetRunResponse.with {
          $0.run.runID = asked.runID
          $0.run.fabID = application?.identifier ?? ""
          $0.run.fabVersion = application?.version ?? ""
          $0.run.fabHash = application?.digest.description ?? ""
        })
    }
    let asked: ProtoGetFabRequest = try read(body)
    try await coordinator.check(NodeID(asked.node), key)
    guard let application, asked.hashStr == application.digest.description else {
      throw .unknownRun
    }
    return try write(
      ProtoGetFabResponse.with {
        $0.fab.hashStr = asked.hashStr
        $0.fab.content = Data(application.bytes)
      })
  }

  /// Instructions out, answers in.
  private func exchange(
    _ call: String, _ body: [UInt8], with key: String
  ) async throws(FleetRefusal) -> [UInt8] {
    switch call {
    case "pull-messages":
      let asked: ProtoPullMessagesRequest = try read(body)
      let next = try await coordinator.next(for: NodeID(asked.node), key: key)
      return try write(
        ProtoPullMessagesResponse.with {
          guard let next else { return }
          $0.messagesList = [next.announcement]
          $0.messageObjectTrees = [next.tree.proto]
        })
    case "pull-object":
      let asked: ProtoPullObjectRequest = try read(body)
      let id = ObjectID(asked.objectID)
      guard let id else { throw .notRead }
      let bytes = try await coordinator.object(id, for: NodeID(asked.node), key: key)
      return try write(
        ProtoPullObjectResponse.with {
          $0.objectFound = bytes != nil
          $0.objectAvailable = bytes != nil
          $0.objectContent = Data(bytes ?? [])
        })
    case "confirm-message-received":
      let asked: ProtoConfirmMessageReceivedRequest = try read(body)
      guard let message = ObjectID(asked.messageObjectID) else { throw .notRead }
      try await coordinator.confirm(message, by: NodeID(asked.node), key: key)
      return try write(ProtoConfirmMessageReceivedResponse())
    case "push-messages":
      let asked: ProtoPushMessagesRequest = try read(body)
      guard asked.messagesList.count == 1, asked.messageObjectTrees.count == 1 else {
        throw .notRead
      }
      let wanted = try await coordinator.announce(
        asked.messagesList[0], asked.messageObjectTrees[0], by: NodeID(asked.node), key: key)
      return try write(
        ProtoPushMessagesResponse.with {
          $0.results = [asked.messagesList[0].metadata.messageID: 0]
          $0.objectsToPush = wanted.map(\.description)
          $0.sessionID = asked.messagesList[0].metadata.messageID
        })
    case "push-object":
      let asked: ProtoPushObjectRequest = try read(body)
      guard let id = ObjectID(asked.objectID) else { throw .notRead }
      let isStored = try await coordinator.put(
        [UInt8](asked.objectContent), as: id, by: NodeID(asked.node), key: key)
      return try write(ProtoPushObjectResponse.with { $0.stored = isStored })
    default: throw .noSuchCall
    }
  }

  private func read<Question: Message>(_ body: [UInt8]) throws(FleetRefusal) -> Question {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = FleetLimits.deepestProto
    guard let question = try? Question(serializedBytes: body, options: options) else {
      throw .notRead
    }
    return question
  }

  private func write(_ answer: some Message) throws(FleetRefusal) -> [UInt8] {
    guard let bytes = try? answer.serializedBytes() as [UInt8] else { throw .notRead }
    return bytes
  }
}

extension NodeID {
  fileprivate init(_ node: ProtoNode) { self.init(rawValue: node.nodeID) }
}

/// Timestamps that were believed, for as long as they would be again.
private final class SeenProofs: Sendable {
  private struct Proof: Hashable {
    let key: String
    let timestamp: String
  }

  private let seen = Mutex<[Proof: Date]>([:])

  /// Whether it is the first time.
  func note(_ proof: NodeProof, at now: Date) -> Bool {
    seen.withLock { seen in
      let proof = Proof(key: proof.key, timestamp: proof.timestamp)
      guard seen[proof] == nil else { return false }
      // Twice the window: a timestamp may be ahead of the clock when it is first seen.
      let oldest = now.addingTimeInterval(-2 * NodeProof.window.upperBound)
      if seen.count % 1_024 == 1_023 { seen = seen.filter { $0.value > oldest } }
      seen[proof] = now
      return true
    }
  }
}

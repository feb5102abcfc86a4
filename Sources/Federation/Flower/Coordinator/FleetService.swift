import Foundation
import SwiftProtobuf

/// The calls of the Fleet API as bytes: who asks is checked, then the coordinator is asked.
struct FleetService: Sendable {
  let coordinator: EmbeddedCoordinator
  let gate: FleetGate

  init(_ coordinator: EmbeddedCoordinator, now: @escaping @Sendable () -> Date) {
    self.coordinator = coordinator
    gate = FleetGate(members: coordinator.memberKeys, now: now)
  }

  /// Answers a question that was let in.
  ///
  /// - Throws: ``FleetRefusal``.
  func answer(
    _ question: FleetGate.Question, _ body: [UInt8]
  ) async throws(FleetRefusal) -> [UInt8] {
    let key = question.key
    switch question.call {
    case .registerNode:
      let asked: ProtoRegisterNodeFleetRequest = try read(body)
      guard asked.publicKey.elementsEqual(key.utf8) else { throw .notAuthenticated }
      let node = try await coordinator.register(key, signed: question.signed)
      return try write(ProtoRegisterNodeFleetResponse.with { $0.nodeID = node.rawValue })
    case .activateNode:
      let asked: ProtoActivateNodeRequest = try read(body)
      guard asked.publicKey.elementsEqual(key.utf8) else { throw .notAuthenticated }
      let node = try await coordinator.activate(key, interval: asked.heartbeatInterval)
      return try write(ProtoActivateNodeResponse.with { $0.nodeID = node.rawValue })
    case .heartbeat:
      let asked: ProtoSendNodeHeartbeatRequest = try read(body)
      try await coordinator.beat(
        NodeID(asked.node), key: key, interval: asked.heartbeatInterval)
      return try write(ProtoSendNodeHeartbeatResponse.with { $0.success = true })
    case .deactivateNode:
      let asked: ProtoDeactivateNodeRequest = try read(body)
      try await coordinator.deactivate(NodeID(rawValue: asked.nodeID), key: key)
      return try write(ProtoDeactivateNodeResponse())
    case .unregisterNode:
      let asked: ProtoUnregisterNodeFleetRequest = try read(body)
      try await coordinator.unregister(NodeID(rawValue: asked.nodeID), key: key)
      return try write(ProtoUnregisterNodeFleetResponse())
    case .getRun, .getFab: return try await describe(question.call, body, to: key)
    case .pullMessages, .pullObject, .confirmMessage:
      return try await instruct(question.call, body, key)
    case .pushMessages: return try await announce(body, from: key)
    case .pushObject: return try await take(body, from: key)
    }
  }

  /// What is said of the run and its application; our own nodes need neither.
  private func describe(
    _ call: FleetCall, _ body: [UInt8], to key: String
  ) async throws(FleetRefusal) -> [UInt8] {
    let application = coordinator.application
    if call == .getRun {
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

  /// Instructions out.
  private func instruct(
    _ call: FleetCall, _ body: [UInt8], _ key: String
  ) async throws(FleetRefusal) -> [UInt8] {
    switch call {
    case .pullMessages:
      let asked: ProtoPullMessagesRequest = try read(body)
      let next = try await coordinator.next(for: NodeID(asked.node), key: key)
      return try write(
        ProtoPullMessagesResponse.with {
          guard let next else { return }
          $0.messagesList = [next.announcement]
          $0.messageObjectTrees = [next.tree.proto]
        })
    case .pullObject:
      let asked: ProtoPullObjectRequest = try read(body)
      guard let id = ObjectID(asked.objectID) else { throw .notRead }
      let bytes = try await coordinator.object(id, for: NodeID(asked.node), key: key)
      return try write(
        ProtoPullObjectResponse.with {
          $0.objectFound = bytes != nil
          $0.objectAvailable = bytes != nil
          $0.objectContent = Data(bytes ?? [])
        })
    default:
      let asked: ProtoConfirmMessageReceivedRequest = try read(body)
      guard let message = ObjectID(asked.messageObjectID) else { throw .notRead }
      try await coordinator.confirm(message, by: NodeID(asked.node), key: key)
      return try write(ProtoConfirmMessageReceivedResponse())
    }
  }

  /// Answers in.
  private func announce(
    _ body: [UInt8], from key: String
  ) async throws(FleetRefusal) -> [UInt8] {
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
  }

  private func take(_ body: [UInt8], from key: String) async throws(FleetRefusal) -> [UInt8] {
    let asked: ProtoPushObjectRequest = try read(body)
    guard let id = ObjectID(asked.objectID) else { throw .notRead }
    let isStored = try await coordinator.put(
      [UInt8](asked.objectContent), as: id, by: NodeID(asked.node), key: key)
    return try write(ProtoPushObjectResponse.with { $0.stored = isStored })
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

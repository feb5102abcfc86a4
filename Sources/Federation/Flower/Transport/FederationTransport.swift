import SwiftProtobuf

/// The way between a node and a coordinator, whoever the coordinator is.
///
/// A node activates, then beats its heart every ``heartbeat`` seconds, pulls one instruction at a
/// time, fetches its objects, confirms, works, and pushes its answer. Everything throws
/// ``FleetError``.
///
/// It asks for no run and no application (GetRun and GetFab of Flower's): both are about a program
/// that never runs here, and are no more than the coordinator's word. What a person approves is what
/// leaves, for whom, and under which privacy, and none of that depends on them.
public protocol FederationTransport: Sendable {
  /// Which coordinator it leads to: host and port.
  var server: String { get }
  /// Comes online, and answers the number that the coordinator has given to this site's key.
  ///
  /// With the number it had before it was stopped: a coordinator that still takes it for online
  /// accepts no activation, but a heartbeat of that number.
  func activate(resuming node: NodeID?) async throws(FleetError) -> NodeID
  /// Says that the site is still there.
  func beat(as node: NodeID) async throws(FleetError)
  /// Takes the next instruction; none if there is nothing to do.
  ///
  /// It is given out once: whoever loses it is waited for in vain. Keep it before working.
  func pull(as node: NodeID) async throws(FleetError) -> Instruction?
  /// The bytes of one object, which the name is the digest of.
  func fetch(_ id: ObjectID, of run: RunID, as node: NodeID) async throws(FleetError) -> [UInt8]
  /// Says that every object has arrived; the coordinator may forget them.
  func confirm(_ message: ObjectID, of run: RunID, as node: NodeID) async throws(FleetError)
  /// Sends an answer, and of its objects those that the coordinator does not have.
  ///
  /// A coordinator that wants nothing of an answer has dropped it; one that may have heard of it
  /// `before` has taken it. ``FleetError/replyDropped(server:)`` says that it was dropped.
  func push(_ answer: DeflatedMessage, as node: NodeID, before: Bool) async throws(FleetError)
  /// Goes offline, and keeps its number.
  func leave(_ node: NodeID) async throws(FleetError)
}

/// How long a coordinator takes a silent node for online: twice as long, in seconds.
let heartbeatInterval: Double = 30

/// What a node is asked to do, before its objects are there.
public struct Instruction: Sendable, Equatable {
  public let run: RunID
  public let tree: ObjectTree

  /// The name of the message.
  public var message: ObjectID { tree.id }

  init(run: RunID, tree: ObjectTree) {
    self.run = run
    self.tree = tree
  }
}

extension Instruction {
  /// - Throws: ``FleetError/malformed(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  init(_ message: ProtoMessage, _ tree: ProtoObjectTree) throws(FleetError) {
    self.init(run: RunID(rawValue: message.metadata.runID), tree: try ObjectTree(tree))
    guard message.metadata.messageID == tree.objectID else {
      throw .malformed("a message and its objects have different names")
    }
  }

  /// For the disk.
  func encoded() -> [UInt8] {
    let response = ProtoPullMessagesResponse.with {
      $0.messagesList = [
        .with {
          $0.metadata.runID = run.rawValue
          $0.metadata.messageID = message.description
        }
      ]
      $0.messageObjectTrees = [tree.proto]
    }
    // Only a missing required field fails, and there are none.
    return (try? response.serializedBytes()) ?? []
  }

  /// - Throws: ``FleetError/malformed(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  init(decoding bytes: [UInt8]) throws(FleetError) {
    guard let response = try? ProtoPullMessagesResponse(serializedBytes: bytes),
      let message = response.messagesList.first, let tree = response.messageObjectTrees.first
    else { throw .malformed("an instruction cannot be read") }
    try self.init(message, tree)
  }
}

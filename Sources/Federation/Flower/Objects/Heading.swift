public import Foundation
import SwiftProtobuf

/// Who is who among the nodes of one coordinator.
public struct NodeID: Sendable, Hashable, RawRepresentable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The coordinator itself.
  public static let coordinator = NodeID(rawValue: 1)
}

/// Which of a coordinator's runs something belongs to.
public struct RunID: Sendable, Hashable, RawRepresentable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What is written above a message.
public struct Heading: Sendable, Equatable {
  public let run: RunID
  public let source: NodeID
  public let destination: NodeID
  /// The message that this one answers; none for an instruction.
  public let answers: ObjectID?
  /// A group of messages, if the coordinator names one.
  public let group: String
  /// `train`, `evaluate` or `query`, with a verb after a dot for what is more particular.
  public let kind: String
  public let created: Date
  /// Seconds after which nobody waits for it any more.
  public let lifetime: TimeInterval
  let sourceTask: UInt64?
  let destinationTask: UInt64?

  /// When nobody waits for it any more.
  var end: Date { created.addingTimeInterval(lifetime) }

  /// An instruction of a coordinator to a node; nobody waits longer than 12 hours for the answer.
  public init(
    _ kind: String, run: RunID, to node: NodeID, group: String = "", created: Date,
    lifetime: TimeInterval = 43_200
  ) {
    self.init(
      run: run, source: .coordinator, destination: node, answers: nil, group: group, kind: kind,
      created: created, lifetime: lifetime, sourceTask: nil, destinationTask: nil)
  }

  private init(
    run: RunID, source: NodeID, destination: NodeID, answers: ObjectID?, group: String,
    kind: String, created: Date, lifetime: TimeInterval, sourceTask: UInt64?,
    destinationTask: UInt64?
  ) {
    self.run = run
    self.source = source
    self.destination = destination
    self.answers = answers
    self.group = group
    self.kind = kind
    self.created = created
    self.lifetime = lifetime
    self.sourceTask = sourceTask
    self.destinationTask = destinationTask
  }

  /// The heading of an answer to the message of that name.
  ///
  /// It may live no longer than what is left to the instruction: an answer that claims more is
  /// dropped without a word.
  /// - Throws: ``FleetError/tooLate`` if nobody waits for an answer any more.
  public func answer(to message: ObjectID, at now: Date) throws(FleetError) -> Heading {
    let left = lifetime - now.timeIntervalSince(created)
    guard left > 0 else { throw .tooLate }
    return Heading(
      run: run, source: destination, destination: source, answers: message, group: group,
      kind: kind, created: now, lifetime: min(left, lifetime), sourceTask: destinationTask,
      destinationTask: sourceTask)
  }
}

extension Heading {
  /// - Throws: ``FleetError/malformed(_:)`` for a heading that nobody would write.
  init(_ metadata: ProtoMetadata) throws(FleetError) {
    let answers = ObjectID(metadata.replyToMessageID)
    guard metadata.replyToMessageID.isEmpty || answers != nil else {
      throw .malformed("a message answers something without a name")
    }
    guard FleetLimits.isName(metadata.messageType),
      metadata.groupID.isEmpty || FleetLimits.isName(metadata.groupID)
    else { throw .malformed("a message is of no kind that could be named") }
    // Until the year 2096: dates of all time are more than calendars and encoders know.
    guard (0...4e9).contains(metadata.createdAt), metadata.ttl.isFinite, metadata.ttl > 0 else {
      throw .malformed("a message was written at no time")
    }
    self.init(
      run: RunID(rawValue: metadata.runID), source: NodeID(rawValue: metadata.srcNodeID),
      destination: NodeID(rawValue: metadata.dstNodeID), answers: answers,
      group: metadata.groupID, kind: metadata.messageType,
      created: Date(timeIntervalSince1970: metadata.createdAt), lifetime: metadata.ttl,
      sourceTask: metadata.hasSrcTaskID ? metadata.srcTaskID : nil,
      destinationTask: metadata.hasDstTaskID ? metadata.dstTaskID : nil)
  }

  /// Under the message's own name, or without it inside the object that gives it its name.
  func proto(of message: ObjectID?) -> ProtoMetadata {
    .with {
      $0.runID = run.rawValue
      $0.messageID = message?.description ?? ""
      $0.srcNodeID = source.rawValue
      $0.dstNodeID = destination.rawValue
      $0.replyToMessageID = answers?.description ?? ""
      $0.groupID = group
      $0.ttl = lifetime
      $0.messageType = kind
      $0.createdAt = created.timeIntervalSince1970
      if let sourceTask { $0.srcTaskID = sourceTask }
      if let destinationTask { $0.dstTaskID = destinationTask }
    }
  }
}

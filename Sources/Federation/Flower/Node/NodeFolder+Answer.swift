import SwiftProtobuf

// The answer on its way: whole on the disk before a byte of it leaves, for who did the work again
// after a fall would send another, and with noise in it each one tells more.
extension NodeFolder {
  /// Whether there is an answer, so that the work must not be done again.
  var hasAnswer: Bool { has(.answer) }

  /// Puts an answer and its objects on the disk.
  ///
  /// - Returns: the same, as it is read from there.
  /// - Throws: ``FleetError``; then there is no answer yet.
  func keep(_ answer: DeflatedMessage) throws(FleetError) -> DeflatedMessage {
    answers.clear()
    let kept = try answer.kept(on: answers)
    try answers.sync()
    let announcement = ProtoPushMessagesRequest.with {
      $0.messagesList = [answer.announcement]
      $0.messageObjectTrees = [answer.tree.proto]
    }
    // Only a missing required field fails, and there are none.
    try put((try? announcement.serializedBytes()) ?? [], as: .answer)
    return kept
  }

  /// The answer that is there.
  ///
  /// - Throws: ``FleetError`` if the disk has lost a part of it.
  func answer() throws(FleetError) -> DeflatedMessage {
    guard let (message, tree) = announcement() else {
      throw .malformed("an answer that was kept cannot be read any more")
    }
    return try DeflatedMessage(message, try ObjectTree(tree), on: answers)
  }

  private func announcement() -> (message: ProtoMessage, tree: ProtoObjectTree)? {
    guard let bytes = bytes(of: .answer),
      let announcement = try? ProtoPushMessagesRequest(serializedBytes: bytes),
      let message = announcement.messagesList.first,
      let tree = announcement.messageObjectTrees.first
    else { return nil }
    return (message, tree)
  }

  /// The instruction that the answer is to.
  var question: ObjectID? {
    instruction()?.message
      ?? announcement().flatMap { ObjectID($0.message.metadata.replyToMessageID) }
  }

  /// Whether the coordinator may have heard of the answer.
  func isAnnounced(_ answer: DeflatedMessage) -> Bool {
    line(of: .announced) == answer.id.description
  }

  /// Notes that the coordinator is about to hear of the answer.
  func announce(_ answer: DeflatedMessage) throws(FleetError) {
    try put(line: answer.id.description, as: .announced)
  }
}

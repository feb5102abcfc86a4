import Foundation

/// An instruction that came to nothing, and is left alone for a while if it is given out again.
struct DroppedInstruction {
  let id: ObjectID
  let end: ContinuousClock.Instant

  init(_ id: ObjectID) {
    self.id = id
    end = .now + .seconds(600)
  }
}

// One instruction, from its arrival to its answer.
extension FederationNode {
  /// Nobody waits longer for an answer, whatever an instruction says.
  private static let longestLifetime: TimeInterval = 43_200

  /// Does what is to be done next.
  ///
  /// - Returns: how long to rest after it.
  func takeTurn(
    as node: NodeID, after dropped: inout DroppedInstruction?, _ work: Work
  ) async throws -> Duration {
    do {
      let answer: DeflatedMessage
      if folder.hasAnswer {
        answer = try folder.answer()
      } else {
        guard let instruction = try await instruction(for: node, after: dropped) else {
          return pause
        }
        let made = try await carryOut(instruction, as: node, work)
        answer = try await patiently(until: made.heading.end) { try folder.keep(made) }
      }
      try await push(answer, as: node)
      try await patiently { try hasArrived(answer) }
      // Told first: who falls in between sends it again, and tells it again.
      tell(.answered(answer))
      try await patiently { try folder.finish() }
      return .zero
    } catch let error as FleetError where error.concernsOneInstruction {
      let instruction = folder.question
      try await patiently { try folder.finish() }
      tell(.dropped(error))
      dropped = instruction.map { DroppedInstruction($0) } ?? dropped
      // What could not even be taken would be the same at once.
      return instruction == nil ? pause * 20 : pause
    }
  }

  /// The instruction that was begun, or the next one; none if there is nothing to do.
  private func instruction(
    for node: NodeID, after dropped: DroppedInstruction?
  ) async throws -> Instruction? {
    let answered = folder.answered()
    if let begun = folder.instruction(), begun.message != answered { return begun }
    let next = try await patiently { try await transport.pull(as: node) }
    guard let next else { return nil }
    if let dropped, dropped.id == next.message, .now < dropped.end { return nil }
    guard next.message != answered else {
      try await patiently {
        try await transport.confirm(next.message, of: next.run, as: node)
      }
      tell(.repeated(next.message))
      return nil
    }
    // It was given out, so it is not given up for want of room.
    try await patiently {
      try folder.finish()
      try folder.keep(next)
    }
    return next
  }

  /// Sends the answer, which is on the disk; only the sending is done again, never the work.
  private func push(_ answer: DeflatedMessage, as node: NodeID) async throws {
    guard answer.heading.source == node else {
      throw FleetError.malformed("an answer was to another coordinator")
    }
    let end = min(answer.heading.end, answer.heading.created + Self.longestLifetime)
    guard now() < end else { throw FleetError.tooLate }
    try await patiently(until: end) {
      guard try mayLeave(answer) else { throw FleetError.withdrawn }
      let isRepeated = folder.isAnnounced(answer)
      if !isRepeated { try folder.announce(answer) }
      try await transport.push(answer, as: node, before: isRepeated)
    }
  }

  private func carryOut(
    _ instruction: Instruction, as node: NodeID, _ work: Work
  ) async throws -> DeflatedMessage {
    let latest = now().addingTimeInterval(Self.longestLifetime)
    var here: Set<ObjectID> = []
    // First of all what says how long there is.
    try await patiently(until: latest) {
      try await fetch([instruction.message], of: instruction, as: node, beyond: &here)
    }
    let heading = try Heading(of: instruction.tree, on: folder.objects)
    guard heading.run == instruction.run, heading.destination == node,
      heading.source == .coordinator, heading.answers == nil
    else { throw FleetError.malformed("an instruction is somebody else's") }
    _ = try heading.answer(to: instruction.message, at: now())
    do {
      try await patiently(until: min(latest, heading.end)) {
        try await fetch(instruction.tree.objects, of: instruction, as: node, beyond: &here)
        // Confirmed is what no fall takes away again.
        try folder.objects.sync()
        try await transport.confirm(instruction.message, of: instruction.run, as: node)
      }
    } catch let error as FleetError where error.concernsContent {
      // Without an answer it would be given out again until the round ends.
      tell(.failed(error))
      return try sealed(.refusal(.unreadable), to: instruction, under: heading)
    }
    return try await patiently(until: min(latest, heading.end)) {
      try await answer(to: instruction, under: heading, work)
    }
  }

  /// Brings every object here that is not here whole, one at a time.
  private func fetch(
    _ objects: [ObjectID], of instruction: Instruction, as node: NodeID,
    beyond here: inout Set<ObjectID>
  ) async throws(FleetError) {
    var size = 0
    for id in objects where !here.contains(id) {
      // The disk may have damaged what is there from an earlier start.
      if (try? folder.objects.bytes(of: id)) == nil {
        let bytes = try await transport.fetch(id, of: instruction.run, as: node)
        size += bytes.count
        guard size <= FleetLimits.largestMessage else {
          throw .tooMuch("bytes", limit: FleetLimits.largestMessage)
        }
        try folder.objects.keep(bytes, as: id)
      }
      here.insert(id)
    }
  }

  private func answer(
    to instruction: Instruction, under heading: Heading, _ work: Work
  ) async throws -> DeflatedMessage {
    do {
      let message = try FleetMessage(instruction.tree, from: folder.objects)
      tell(.working(kind: heading.kind))
      return try sealed(try await work(message), to: instruction, under: heading)
    } catch let error as FleetError where error.isPassing {
      throw error
    } catch {
      try Task.checkCancellation()
      tell(.failed(error))
      // What else a failure says could be about a patient.
      return try sealed(.refusal(refusal(because: error)), to: instruction, under: heading)
    }
  }

  private func refusal(because error: any Error) -> SealedReply.Refusal {
    switch error {
    case FleetError.lacksModel: .lacksModel
    case is FleetError: .unreadable
    default: .workFailed
    }
  }

  private func sealed(
    _ reply: SealedReply, to instruction: Instruction, under heading: Heading
  ) throws -> DeflatedMessage {
    let answering = try heading.answer(to: instruction.message, at: now())
    return try DeflatedMessage(FleetMessage(answering, reply.content))
  }
}

extension FleetError {
  /// Whether the next instruction may fare better.
  fileprivate var concernsOneInstruction: Bool {
    switch self {
    case .runIsOver, .replyDropped, .tooLate, .withdrawn: true
    default: concernsContent
    }
  }

  /// Whether it is about what an instruction brings, and somebody may wait for an answer all the
  /// same.
  fileprivate var concernsContent: Bool {
    switch self {
    case .malformed, .tooMuch, .unsupportedArray, .notFinite, .wrongContent, .missing,
      .answerTooLarge, .unexpected:
      true
    // What is too long for a proxy, or is not there any more; the others are about this site.
    case .refused(_, let status, _, _):
      (400..<500).contains(status) && ![401, 403, 412, 429].contains(status)
    default: false
    }
  }
}

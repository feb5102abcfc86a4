public import Foundation

/// Takes part in a federation: stays online, takes instructions, and answers them.
///
/// An instruction is on the disk before anything is done about it, and stays there until its answer
/// has been taken: who is stopped in between begins the work again, and no instruction is lost.
public struct FederationNode: Sendable {
  /// What a site does about an instruction; what it throws is told to nobody but its own log.
  public typealias Work = @Sendable (FleetMessage) async throws -> SealedReply

  /// What a sysadmin wants to see.
  public enum Event: Sendable {
    case online(NodeID)
    case working(kind: String)
    case answered(DeflatedMessage)
    /// An instruction that was given up.
    case dropped(FleetError)
    /// The work failed, and the coordinator was told that it did.
    case failed(any Error)
    /// The same is tried again.
    case waiting(FleetError)
  }

  private let transport: any FederationTransport
  private let folder: NodeFolder
  private let pause: Duration
  private let now: @Sendable () -> Date
  private let tell: @Sendable (Event) -> Void

  /// A node that asks after each pause whether there is something to do.
  public init(
    _ transport: any FederationTransport, folder: NodeFolder, pause: Duration = .seconds(3),
    now: @escaping @Sendable () -> Date = { Date() }, tell: @escaping @Sendable (Event) -> Void
  ) {
    self.transport = transport
    self.folder = folder
    self.pause = pause
    self.now = now
    self.tell = tell
  }

  /// Takes part until it is cancelled.
  ///
  /// - Throws: `CancellationError`, and ``FleetError`` that no waiting mends.
  public func run(_ work: @escaping Work) async throws {
    while true {
      let node = try await patiently { try await activate() }
      tell(.online(node))
      do { try await takePart(as: node, work) } catch let error as FleetError {
        // A coordinator that began anew knows the key, but not the number.
        guard case .unknownKey = error else { throw error }
        tell(.waiting(error))
      }
      try await Task.sleep(for: pause)
    }
  }

  /// Stays online and takes instructions under one number.
  private func takePart(as node: NodeID, _ work: @escaping Work) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await stayOnline(as: node) }
      group.addTask {
        while true {
          let wasBusy = try await takeTurn(as: node, work)
          if !wasBusy { try await Task.sleep(for: pause) }
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Goes offline; it comes back under the same number.
  public func leave() async throws(FleetError) {
    if let node = folder.node() { try await transport.leave(node) }
  }

  private func activate() async throws -> NodeID {
    let wasCutOff = folder.isActivating
    let end = ContinuousClock.now + .seconds(2 * heartbeatInterval + 10)
    try folder.beginActivating()
    while true {
      do { return try await activateOnce() } catch let error as FleetError {
        guard case .unknownKey(let server) = error else { throw error }
        // Coordinators say the same of a key that is online under a number that was not heard.
        guard wasCutOff, .now < end else {
          folder.endActivating()
          throw error
        }
        tell(.waiting(.stillOnline(server: server)))
      }
      try await Task.sleep(for: pause)
    }
  }

  private func activateOnce() async throws -> NodeID {
    let node = try await transport.activate(resuming: folder.node())
    try folder.keep(node)
    return node
  }

  private func stayOnline(as node: NodeID) async throws {
    while true {
      // Not all at once, after a coordinator was away.
      try await Task.sleep(for: .seconds(heartbeatInterval * .random(in: 0.7...0.9)))
      try await patiently { try await transport.beat(as: node) }
    }
  }

  /// Tries again what passes, a little later each time.
  ///
  /// - Throws: ``FleetError/tooLate`` at the end, and what does not pass.
  private func patiently<Result>(
    until end: Date = .distantFuture, _ attempt: () async throws -> Result
  ) async throws -> Result {
    var wait = pause
    while true {
      do { return try await attempt() } catch let error as FleetError where error.isPassing {
        try Task.checkCancellation()
        guard now() < end else { throw FleetError.tooLate }
        tell(.waiting(error))
        try await Task.sleep(for: wait)
        wait = min(wait * 2, .seconds(30))
      }
    }
  }

  /// Answers one instruction.
  ///
  /// - Returns: whether there was one, and it was answered.
  private func takeTurn(as node: NodeID, _ work: Work) async throws -> Bool {
    let instruction: Instruction
    if let begun = folder.instruction() {
      instruction = begun
    } else {
      let next: Instruction?
      do { next = try await patiently { try await transport.pull(as: node) } } catch let error
        as FleetError where error.concernsOneInstruction
      {
        tell(.dropped(error))
        return false
      }
      guard let next else { return false }
      folder.finish()
      // It was given out, so it is not given up for want of room.
      try await patiently { try folder.keep(next) }
      instruction = next
    }
    let answer: Result<DeflatedMessage, FleetError>
    do { answer = .success(try await carryOut(instruction, as: node, work)) } catch let error
      as FleetError where error.concernsOneInstruction
    { answer = .failure(error) }
    folder.finish()
    switch answer {
    case .success(let answer):
      tell(.answered(answer))
      return true
    case .failure(let error):
      tell(.dropped(error))
      // It may be given out again at once.
      return false
    }
  }

  /// Nobody waits longer for an answer, whatever an instruction says.
  private static let longestLifetime: TimeInterval = 43_200

  private func carryOut(
    _ instruction: Instruction, as node: NodeID, _ work: Work
  ) async throws -> DeflatedMessage {
    let latest = now().addingTimeInterval(Self.longestLifetime)
    // First of all what says how long there is.
    try await patiently(until: latest) {
      try await fetch([instruction.message], of: instruction, as: node)
    }
    let heading = try Heading(of: instruction.tree, on: folder.objects)
    guard heading.run == instruction.run, heading.destination == node,
      heading.source == .coordinator, heading.answers == nil
    else { throw FleetError.malformed("an instruction is somebody else's") }
    _ = try heading.answer(to: instruction.message, at: now())
    let end = min(latest, heading.created.addingTimeInterval(heading.lifetime))
    try await patiently(until: end) {
      try await fetch(instruction.tree.objects, of: instruction, as: node)
      try await transport.confirm(instruction.message, of: instruction.run, as: node)
    }
    let answer = try await answer(to: instruction, under: heading, work)
    // Only the sending is done again, never the work.
    try await patiently(until: end) { try await transport.push(answer, as: node) }
    return answer
  }

  /// Brings every object here that is not here yet, one at a time.
  private func fetch(
    _ objects: [ObjectID], of instruction: Instruction, as node: NodeID
  ) async throws(FleetError) {
    var size = 0
    for id in objects where !folder.objects.has(id) {
      let bytes = try await transport.fetch(id, of: instruction.run, as: node)
      size += bytes.count
      guard size <= FleetLimits.largestMessage else {
        throw .tooMuch("bytes", limit: FleetLimits.largestMessage)
      }
      try folder.objects.keep(bytes, as: id)
    }
  }

  private func answer(
    to instruction: Instruction, under heading: Heading, _ work: Work
  ) async throws -> DeflatedMessage {
    func sealed(_ reply: SealedReply) throws -> DeflatedMessage {
      let answering = try heading.answer(to: instruction.message, at: now())
      return try DeflatedMessage(FleetMessage(answering, reply.content))
    }
    do {
      let message = try FleetMessage(instruction.tree, from: folder.objects)
      tell(.working(kind: heading.kind))
      return try sealed(try await work(message))
    } catch {
      try Task.checkCancellation()
      tell(.failed(error))
      // What else a failure says could be about a patient.
      return try sealed(.refusal(error is FleetError ? .unreadable : .workFailed))
    }
  }
}

extension FleetError {
  /// Whether the next instruction may fare better.
  fileprivate var concernsOneInstruction: Bool {
    switch self {
    case .runIsOver, .replyDropped, .malformed, .tooMuch, .unsupportedArray, .notFinite,
      .wrongContent, .missing, .tooLate, .answerTooLarge, .unexpected:
      true
    // What is too long for a proxy, or is not there any more; the others are about this site.
    case .refused(_, let status, _, _):
      (400..<500).contains(status) && ![401, 403, 412, 429].contains(status)
    default: false
    }
  }
}

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
    let node = try await patiently { try await activate() }
    tell(.online(node))
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
  private func patiently<Result>(_ attempt: () async throws -> Result) async throws -> Result {
    var wait = pause
    while true {
      do { return try await attempt() } catch let error as FleetError where error.isPassing {
        try Task.checkCancellation()
        tell(.waiting(error))
        try await Task.sleep(for: wait)
        wait = min(wait * 2, .seconds(30))
      }
    }
  }

  /// Answers one instruction.
  ///
  /// - Returns: whether there was one.
  private func takeTurn(as node: NodeID, _ work: Work) async throws -> Bool {
    let instruction: Instruction
    if let begun = folder.instruction() {
      instruction = begun
    } else {
      guard let next = try await patiently({ try await transport.pull(as: node) }) else {
        return false
      }
      folder.finish()
      // It was given out, so it is not given up for want of room.
      try await patiently { try folder.keep(next) }
      instruction = next
    }
    let end: Event
    do {
      try await patiently { try await fetch(instruction, as: node) }
      let answer = try await answer(to: instruction, work)
      // Only the sending is done again, never the work.
      try await patiently { try await transport.push(answer, as: node) }
      end = .answered(answer)
    } catch let error as FleetError where error.concernsOneInstruction {
      end = .dropped(error)
    }
    folder.finish()
    tell(end)
    return true
  }

  /// Brings every object here that is not here yet, one at a time.
  private func fetch(_ instruction: Instruction, as node: NodeID) async throws(FleetError) {
    var size = 0
    for id in instruction.tree.objects where !folder.objects.has(id) {
      let bytes = try await transport.fetch(id, of: instruction.run, as: node)
      size += bytes.count
      guard size <= FleetLimits.largestMessage else {
        throw .tooMuch("bytes", limit: FleetLimits.largestMessage)
      }
      try folder.objects.keep(bytes, as: id)
    }
    try await transport.confirm(instruction.message, of: instruction.run, as: node)
  }

  private func answer(
    to instruction: Instruction, _ work: Work
  ) async throws -> DeflatedMessage {
    let heading = try Heading(of: instruction.tree, on: folder.objects)
    let reply: SealedReply
    do {
      let message = try FleetMessage(instruction.tree, from: folder.objects)
      tell(.working(kind: heading.kind))
      reply = try await work(message)
    } catch {
      try Task.checkCancellation()
      tell(.failed(error))
      // What else a failure says could be about a patient.
      reply = .refusal(error is FleetError ? .unreadable : .workFailed)
    }
    let answering = try heading.answer(to: instruction.message, at: now())
    return try DeflatedMessage(FleetMessage(answering, reply.content))
  }
}

extension FleetError {
  /// Whether the next instruction may fare better.
  fileprivate var concernsOneInstruction: Bool {
    switch self {
    case .runIsOver, .replyDropped, .malformed, .tooMuch, .unsupportedArray, .notFinite,
      .wrongContent, .missing, .tooLate:
      true
    default: false
    }
  }
}

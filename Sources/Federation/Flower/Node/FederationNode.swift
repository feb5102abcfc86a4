public import Foundation

/// Takes part in a federation: stays online, takes instructions, and answers them.
///
/// An instruction is on the disk before anything is done about it, and its answer before a byte of
/// it leaves: who is stopped in between goes on from there. Work that was stopped is begun again;
/// work that was done never is, for a second answer would tell more about this site than one.
public struct FederationNode: Sendable {
  /// What a site does about an instruction; what it throws is told to nobody but its own log.
  public typealias Work = @Sendable (FleetMessage) async throws -> SealedReply

  /// What a sysadmin wants to see.
  public enum Event: Sendable {
    case online(NodeID)
    case working(kind: String)
    case answered(DeflatedMessage)
    /// An instruction that was answered before, and given out once more; nothing is done about it.
    case repeated(ObjectID)
    /// An instruction that was given up.
    case dropped(FleetError)
    /// The work failed, and the coordinator was told that it did.
    case failed(any Error)
    /// The same is tried again.
    case waiting(FleetError)
  }

  let transport: any FederationTransport
  let folder: NodeFolder
  private let hasMoved: Bool
  let mayLeave: @Sendable (DeflatedMessage) throws -> Bool
  let hasArrived: @Sendable (DeflatedMessage) throws -> Void
  let pause: Duration
  let now: @Sendable () -> Date
  let tell: @Sendable (Event) -> Void

  /// A node that asks after each pause whether there is something to do.
  ///
  /// - Parameters:
  ///   - transport: the way to the coordinator.
  ///   - folder: what the node remembers of it; of this one and no other.
  ///   - hasMoved: that the folder's coordinator is now found at the end of this way.
  ///   - mayLeave: asked before every attempt to send an answer, one from before a fall too; an answer
  ///     that may not leave is given up. What it throws ends the node, and the answer stays, unless
  ///     it passes.
  ///   - hasArrived: notes that the coordinator has an answer; it is told again where that failed,
  ///     and may throw as `mayLeave`.
  ///   - pause: how long it rests.
  ///   - now: the time.
  ///   - tell: what happens.
  public init(
    _ transport: any FederationTransport, folder: NodeFolder, hasMoved: Bool = false,
    mayLeave: @escaping @Sendable (DeflatedMessage) throws -> Bool = { _ in true },
    hasArrived: @escaping @Sendable (DeflatedMessage) throws -> Void = { _ in },
    pause: Duration = .seconds(3), now: @escaping @Sendable () -> Date = { Date() },
    tell: @escaping @Sendable (Event) -> Void
  ) {
    self.transport = transport
    self.folder = folder
    self.hasMoved = hasMoved
    self.mayLeave = mayLeave
    self.hasArrived = hasArrived
    self.pause = pause
    self.now = now
    self.tell = tell
  }

  /// Takes part until it is cancelled.
  ///
  /// - Throws: `CancellationError`, and ``FleetError`` that no waiting mends, above all
  ///   ``FleetError/folderInUse`` and ``FleetError/anotherCoordinator(server:kept:)``.
  public func run(_ work: @escaping Work) async throws {
    try await folder.alone {
      if !hasMoved { try folder.check(isOf: transport.server) }
      try await stay(work)
    }
  }

  private func stay(_ work: @escaping Work) async throws {
    while true {
      let node = try await patiently { try await activate() }
      tell(.online(node))
      do { try await takePart(as: node, work) } catch let error as FleetError {
        // A coordinator that began anew knows the key, but not the number.
        guard case .unknownKey = error else { throw error }
        tell(.waiting(error))
      }
      try await Alarm.rest(for: pause)
    }
  }

  /// Stays online and takes instructions under one number.
  private func takePart(as node: NodeID, _ work: @escaping Work) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await stayOnline(as: node) }
      group.addTask {
        var dropped: DroppedInstruction?
        while true {
          try await Alarm.rest(for: takeTurn(as: node, after: &dropped, work))
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
        // What was not even listened to gave no number.
        if case .wrongClock = error, !wasCutOff { folder.endActivating() }
        guard case .unknownKey(let server) = error else { throw error }
        // Coordinators say the same of a key that is online under a number that was not heard.
        guard wasCutOff, .now < end else {
          folder.endActivating()
          throw error
        }
        tell(.waiting(.stillOnline(server: server)))
      }
      try await Alarm.rest(for: pause)
    }
  }

  private func activateOnce() async throws -> NodeID {
    let node = try await transport.activate(resuming: folder.node())
    // Only now: an address that was mistyped leads to nobody's coordinator.
    try folder.keep(coordinator: transport.server)
    try folder.keep(node)
    return node
  }

  private func stayOnline(as node: NodeID) async throws {
    while true {
      // Not all at once, after a coordinator was away.
      try await Alarm.rest(for: .seconds(heartbeatInterval * .random(in: 0.7...0.9)))
      try await patiently { try await transport.beat(as: node) }
    }
  }

  /// Tries again what passes, a little later each time.
  ///
  /// - Throws: ``FleetError/tooLate`` at the end, and what does not pass.
  func patiently<Result>(
    until end: Date = .distantFuture, _ attempt: () async throws -> Result
  ) async throws -> Result {
    var wait = pause
    while true {
      do { return try await attempt() } catch let error as FleetError where error.isPassing {
        try Task.checkCancellation()
        guard now() < end else { throw FleetError.tooLate }
        tell(.waiting(error))
        try await Alarm.rest(for: wait)
        wait = min(wait * 2, .seconds(30))
      }
    }
  }
}

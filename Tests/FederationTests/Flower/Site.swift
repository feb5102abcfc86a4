import Foundation
import Synchronization

@testable import Federation

/// A node of one test with its coordinator, and how often it worked.
struct Site {
  let folder: NodeFolder
  let place: URL
  let coordinator: EmbeddedCoordinator
  let node: NodeID
  private let count = Count()

  private final class Count: Sendable { let works = Mutex(0) }

  init(in place: URL) async throws {
    self.place = place.appending(path: "node")
    folder = try NodeFolder(self.place)
    coordinator = EmbeddedCoordinator(admitting: .keys([folder.key.publicPEM]))
    node = await coordinator.nodes[0]
  }

  /// How often work was begun.
  var works: Int { count.works.withLock { $0 } }

  var local: LocalTransport { LocalTransport(coordinator, key: folder.key) }

  /// Asks for a step on two values.
  @discardableResult
  func ask(_ values: [Float] = [1, 2]) async throws -> ObjectID {
    let array = try FleetArray(values, shape: [values.count])
    return try await coordinator.ask(
      node, to: "train", with: [("arrays", .arrays([("w", array)]))])
  }

  /// What was answered, when everything is.
  func values() async throws -> [Float]? {
    try await coordinator.answers(within: .seconds(600))[node]?["arrays"]?.array("w")?.floats()
  }

  /// Takes part until enough has happened; each work gives another answer, and takes as long as what
  /// is done meanwhile.
  func run(
    _ way: any FederationTransport, hasMoved: Bool = false,
    mayLeave: @escaping @Sendable (DeflatedMessage) throws -> Bool = { _ in true },
    hasArrived: @escaping @Sendable (DeflatedMessage) throws -> Void = { _ in },
    now: @escaping @Sendable () -> Date = { Date() },
    meanwhile: @escaping @Sendable () async -> Void = {},
    until isEnough: @escaping @Sendable (FederationNode.Event) async throws -> Bool
  ) async throws {
    let (events, told) = AsyncStream.makeStream(of: FederationNode.Event.self)
    let running = Task {
      defer { told.finish() }
      try await FederationNode(
        way, folder: folder, hasMoved: hasMoved, mayLeave: mayLeave, hasArrived: hasArrived,
        pause: .milliseconds(2), now: now
      ) { told.yield($0) }.run { message in
        let step = count.works.withLock { works in
          works += 1
          return works
        }
        await meanwhile()
        return try addingStep(Float(step), to: message)
      }
    }
    let seen: Result<Void, any Error>
    do {
      for await event in events {
        let isOver = try await isEnough(event)
        if isOver { break }
      }
      seen = .success(())
    } catch { seen = .failure(error) }
    running.cancel()
    let end = await running.result
    try seen.get()
    if case .failure(let error) = end, !(error is CancellationError) { throw error }
  }
}

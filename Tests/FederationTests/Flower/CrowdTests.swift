import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

/// Nodes of ours that add 1 and 3 in turn, all in this process.
private struct Crowd {
  let folders: [NodeFolder]

  init(_ count: Int, in place: URL) throws {
    folders = try (0..<count).map { try NodeFolder(place.appending(path: "node-\($0)")) }
  }

  /// What the mean makes of nought: (10 · 1 + 30 · 3) / 40.
  static let mean: Float = 2.5

  /// Takes part while the body runs, which is told how many are online.
  func takePart<Result: Sendable>(
    at address: CoordinatorAddress, _ body: (_ online: @Sendable () -> Int) async throws -> Result
  ) async throws -> Result {
    let online = Online()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, folder) in folders.enumerated() {
        group.addTask(executorPreference: OwnThread.shared) {
          let way = FlowerTransport(address, key: folder.key)
          let node = FederationNode(way, folder: folder, pause: .seconds(1)) { event in
            if case .online = event { online.nodes.withLock { _ = $0.insert(index) } }
          }
          try? await node.run { try addingStep(index % 2 == 0 ? 1 : 3, to: $0) }
          await way.close()
        }
      }
      defer { group.cancelAll() }
      return try await body { online.nodes.withLock { $0.count } }
    }
  }

  private final class Online: Sendable { let nodes = Mutex<Set<Int>>([]) }
}

@Suite("Two hundred nodes at one coordinator", .timeLimit(.minutes(30)))
struct CrowdTests {
  @Test("two hundred of our nodes finish a round over HTTP, and the answer of each counts")
  func round() async throws {
    try await withFolder { folder in
      let crowd = try Crowd(200, in: folder)
      let coordinator = EmbeddedCoordinator(admitting: .keys(crowd.folders.map(\.key.publicPEM)))
      var server = try FleetServer(coordinator)
      // All of them have one address here.
      server.limits.mostPerAddress = server.limits.most
      try await serving(server) { port in
        let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        let model = try await crowd.takePart(at: CoordinatorAddress(url)) { _ in
          try await lead(coordinator, rounds: 1, nodes: 200)
        }
        #expect(model == [Crowd.mean, 1 + Crowd.mean])
      }
    }
  }
}

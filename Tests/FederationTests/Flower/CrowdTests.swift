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

@Suite(
  "Two hundred nodes at a stock SuperLink of Flower 1.41", .timeLimit(.minutes(30)),
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
struct StockCrowdTests {
  private struct Model: Decodable {
    let weight: [[Float]]
    let bias: [Float]
  }

  @Test("two hundred of our nodes finish a round of a stock FedAvg, and the answer of each counts")
  func round() async throws {
    try await withFolder { folder in
      let crowd = try Crowd(200, in: folder)
      let flower = try await StockFlower(in: folder)
      let (link, port) = try await flower.openSuperLink()
      let outcome: Result<Model, any Error>
      do {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        outcome = .success(
          try await crowd.takePart(at: CoordinatorAddress(url)) { online in
            try await lead(flower, once: { online() == 200 })
          })
      } catch {
        outcome = .failure(error)
        Issue.record("\(link.output.suffix(3000))")
      }
      await flower.end([link])
      let model = try outcome.get()
      // Flower adds in single precision; without one of the nodes it would be another by 0.0037.
      let isMean = { (value: Float, mean: Float) in abs(value - mean) < 1e-4 }
      #expect(model.weight.allSatisfy { $0.allSatisfy { isMean($0, Crowd.mean) } })
      #expect(model.bias.count == 1 && isMean(model.bias[0], 1 + Crowd.mean))
    }
  }

  private func lead(_ flower: StockFlower, once isTime: () -> Bool) async throws -> Model {
    let end = ContinuousClock.now + .seconds(900)
    while !isTime(), .now < end { try await Task.sleep(for: .milliseconds(50)) }
    let result = flower.folder.appending(path: "result.json")
    try await flower.flwr(
      "run", try flower.copy(of: StockFlower.analytic).path, "test", "--run-config",
      "result='\(result.path)' nodes=200 rounds=1 round-wait=600.0")
    while !FileManager.default.fileExists(atPath: result.path), .now < end {
      try await Task.sleep(for: .milliseconds(50))
    }
    return try JSONDecoder().decode(Model.self, from: Data(contentsOf: result))
  }
}

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

@Suite(
  "Stock Flower 1.41 and we work together", .serialized,
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
struct StockFlowerTests {
  /// Runs our nodes, each adding its step of ten examples a step, while the body runs.
  private func nodes<Result: Sendable>(
    _ keysAndSteps: [(folder: NodeFolder, step: Float)], at address: CoordinatorAddress,
    _ body: @Sendable @escaping () async throws -> Result
  ) async throws -> Result {
    let transports = keysAndSteps.map { FlowerTransport(address, key: $0.folder.key) }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(
        try await withThrowingTaskGroup(of: Result?.self) { group in
          for (transport, (folder, step)) in zip(transports, keysAndSteps) {
            let node = FederationNode(
              transport, folder: folder, pause: .milliseconds(300)
            ) { _ in }
            group.addTask {
              try await node.run { try addingStep(step, to: $0) }
              return nil
            }
          }
          group.addTask { try await body() }
          defer { group.cancelAll() }
          while let next = try await group.next() { if let next { return next } }
          throw CancellationError()
        })
    } catch { result = .failure(error) }
    for transport in transports { await transport.close() }
    return try result.get()
  }

  @Test("two of our nodes and a stock one learn three rounds of a stock FedAvg, exactly")
  func stockSuperLink() async throws {
    try await withFolder { folder in
      let flower = try await StockFlower(in: folder)
      let folders = try (0..<2).map { try NodeFolder(folder.appending(path: "node-\($0)")) }
      let stock = try await flower.newKey()
      let (first, port) = try await flower.superLink(
        knowing: folders.map(\.key.publicOpenSSH) + [stock.openSSH])
      let node = try flower.superNode(stock.file, port: port, step: 4, examples: 10)
      let address = try CoordinatorAddress(
        try #require(URL(string: "https://127.0.0.1:\(port)")),
        authority: flower.certificates.authority)
      let link = Mutex(first)
      let outcome: Result<Void, any Error>
      do {
        try await nodes([(folders[0], 1), (folders[1], 2)], at: address) {
          try await leadsAnalytic(flower)
          try await leadsShipped(flower) {
            // Killed in the middle of a run, and started again on what it left.
            first.signal(SIGKILL, toGroup: true)
            _ = await first.end()
            let second = try await flower.superLink(at: port, log: "superlink-2.log")
            link.withLock { $0 = second }
          }
        }
        await refuses(strangersAt: port, of: flower)
        outcome = .success(())
      } catch {
        outcome = .failure(error)
        let said = link.withLock { $0 }.output
        Issue.record("\(said.suffix(3000))\n\(node.output.suffix(3000))")
      }
      await flower.end([node, link.withLock { $0 }])
      #expect(flower.running.isEmpty)
      try outcome.get()
    }
  }

  private struct Model: Decodable {
    let weight: [[Float]]
    let bias: [Float]
  }

  /// A stock FedAvg over all three.
  private func leadsAnalytic(_ flower: StockFlower) async throws {
    let result = flower.folder.appending(path: "result.json")
    try await flower.flwr(
      "run", try flower.copy(of: StockFlower.analytic).path, "test", "--run-config",
      "result='\(result.path)'")
    let model = try JSONDecoder().decode(
      Model.self, from: try await contents(of: result, within: .seconds(600)))
    // (10 · 1 + 20 · 2 + 10 · 4) / 40 = 2.25 a round.
    #expect(model.weight == [[6.75, 6.75, 6.75], [6.75, 6.75, 6.75]])
    #expect(model.bias == [7.75])
  }

  private func checkpoint(in state: URL) async throws -> Checkpoint {
    try JSONDecoder().decode(
      Checkpoint.self,
      from: try await contents(of: state.appending(path: "checkpoint.json"), within: .seconds(600)))
  }

  private struct Checkpoint: Decodable {
    let round: Int
    let entry: Entry

    struct Entry: Decodable {
      let updates: [Update]
      let refused: [String: String]
    }
    struct Update: Decodable {
      let examples: Int
      let norm: Double
    }
  }

  /// The application that SecondLook ships: ours take part, a stock node declines, and a run whose
  /// SuperLink was killed is gone on with.
  private func leadsShipped(
    _ flower: StockFlower, killing kill: () async throws -> Void
  ) async throws {
    let state = flower.folder.appending(path: "state")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    let outcome = try await flower.tool(
      "python",
      [
        "-c", "import numpy, sys; numpy.savez(sys.argv[1], w=numpy.zeros((2, 2), 'float32'))",
        state.appending(path: "initial.npz").path,
      ]
    ).outcome()
    try #require(outcome.status == 0, "\(outcome)")
    let application = try flower.copy(of: StockFlower.shipped).path
    let settings = "state='\(state.path)' rounds=500 round-wait=60.0 longest-change=1e9"
    try await flower.flwr("run", application, "test", "--run-config", settings)
    _ = try await contents(of: state.appending(path: "round-00002.npz"), within: .seconds(600))
    try await kill()
    let before = try await checkpoint(in: state)
    try await flower.flwr(
      "run", application, "test", "--run-config",
      settings.replacing("rounds=500", with: "rounds=\(before.round + 2)"))
    _ = try await contents(
      of: state.appending(path: "round-0000\(before.round + 2).npz"), within: .seconds(600))
    let last = try await checkpoint(in: state)
    // Four values, moved by 1 and by 2.
    #expect(last.entry.updates.map(\.examples).sorted() == [10, 20])
    for update in last.entry.updates {
      #expect(abs(update.norm - Double(update.examples) / 5) < 1e-5)
    }
    #expect(Array(last.entry.refused.values) == ["declined (1000)"])
  }

  /// What somebody else writes into a file, once it is there.
  private func contents(of file: URL, within limit: Duration) async throws -> Data {
    let end = ContinuousClock.now + limit
    while !FileManager.default.fileExists(atPath: file.path), .now < end {
      try await Task.sleep(for: .milliseconds(50))
    }
    return try Data(contentsOf: file)
  }

  /// Nobody gets in with a key that was not registered, and nobody is spoken to without proof.
  private func refuses(strangersAt port: Int, of flower: StockFlower) async {
    for (authority, message) in [
      (flower.certificates.authority, "does not know this site's key"),
      (flower.certificates.stranger, "signed by another authority"),
    ] {
      let error = await #expect(throws: FleetError.self) {
        let transport = FlowerTransport(
          try CoordinatorAddress(
            try #require(URL(string: "https://127.0.0.1:\(port)")), authority: authority),
          key: NodeKey())
        do { _ = try await transport.activate(resuming: nil) } catch {
          await transport.close()
          throw error
        }
        await transport.close()
      }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }

  @Test("a stock node and one of ours learn three rounds of our own coordinator, exactly")
  func stockSuperNode() async throws {
    try await withFolder { folder in
      let flower = try await StockFlower(in: folder)
      let ours = try NodeFolder(folder.appending(path: "node"))
      let stock = try await flower.newKey()
      let coordinator = EmbeddedCoordinator(
        admitting: .keys([ours.key.publicPEM, stock.pem]),
        application: try await flower.packedApplication())
      let files = flower.certificates
      try await serving(
        FleetServer(coordinator, identity: (certificate: files.site, key: files.key))
      ) { port in
        let node = try flower.superNode(stock.file, port: port, step: 4, examples: 10)
        let outcome: Result<[Float], any Error>
        do {
          let address = try CoordinatorAddress(
            try #require(URL(string: "https://127.0.0.1:\(port)")), authority: files.authority)
          outcome = .success(
            try await nodes([(ours, 3)], at: address) {
              try await lead(coordinator, rounds: 3, nodes: 2)
            })
        } catch { outcome = .failure(error) }
        await flower.end([node])
        // (30 · 3 + 10 · 4) / 40 = 3.25 a round.
        #expect(try outcome.get() == [9.75, 10.75], "\(node.output.suffix(3000))")
      }
    }
  }
}

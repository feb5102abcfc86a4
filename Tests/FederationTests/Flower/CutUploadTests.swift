import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

@Suite(
  "An upload that is cut in the middle reaches a stock SuperLink all the same",
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
struct CutUploadTests {
  /// A node of ours whose line breaks every so many bytes that it sends, and what becomes of it.
  private final class CutSite: Sendable {
    let folder: NodeFolder
    private let step: Int
    /// How long the way itself goes on after a cut; after that the node begins to send anew.
    private let patience: Duration
    private let counts = Mutex((works: 0, answered: 0, dropped: 0, waits: 0))

    var works: Int { counts.withLock { $0.works } }
    var answered: Int { counts.withLock { $0.answered } }
    var dropped: Int { counts.withLock { $0.dropped } }
    var waits: Int { counts.withLock { $0.waits } }

    init(_ place: URL, step: Int, patience: Duration) throws {
      folder = try NodeFolder(place)
      self.step = step
      self.patience = patience
    }

    /// Takes part until it is cancelled.
    func run(through relay: Relay, _ certificates: Certificates) async throws {
      let way = FlowerTransport(
        try CoordinatorAddress(
          try #require(URL(string: "https://127.0.0.1:\(relay.port)")),
          authority: certificates.authority,
          patience: .init(
            connecting: .seconds(600), answer: .seconds(600), pause: .milliseconds(100),
            cut: patience)),
        key: folder.key)
      let node = FederationNode(way, folder: folder, pause: .milliseconds(300)) { event in
        self.counts.withLock {
          switch event {
          case .answered: $0.answered += 1
          case .dropped, .failed: $0.dropped += 1
          case .waiting: $0.waits += 1
          default: break
          }
        }
      }
      let end: Result<Void, any Error>
      do {
        end = .success(
          try await node.run { message in
            self.counts.withLock { $0.works += 1 }
            return try addingStep(Float(self.step), to: message)
          })
      } catch { end = .failure(error) }
      await way.close()
      try end.get()
    }
  }

  private struct Model: Decodable {
    let weight: [[Float]]
    let bias: [Float]
  }

  @Test("cut again and again, each answer arrives once and whole, and nothing is learned twice")
  func cut() async throws {
    try await withFolder { folder in
      let flower = try await StockFlower(in: folder)
      let sites = try [(1, Duration.seconds(600)), (3, .zero)].map {
        try CutSite(folder.appending(path: "node-\($0)"), step: $0, patience: $1)
      }
      let (link, port) = try await flower.superLink(knowing: sites.map(\.folder.key.publicOpenSSH))
      // An answer has 1.2 MB, which has to come through between two cuts.
      let relays = try sites.map { _ in
        try Relay(to: UInt16(port), after: 1_500_000, of: .client, repeatedly: true)
      }
      let outcome: Result<Model, any Error>
      do {
        outcome = .success(
          try await withThrowingTaskGroup(of: Model?.self) { group in
            for (site, relay) in zip(sites, relays) {
              group.addTask(executorPreference: OwnThread.shared) {
                try await site.run(through: relay, flower.certificates)
                return nil
              }
            }
            group.addTask { try await lead(sites, of: flower) }
            defer { group.cancelAll() }
            while let next = try await group.next() { if let next { return next } }
            throw CancellationError()
          })
      } catch {
        outcome = .failure(error)
        Issue.record("\(link.output.suffix(3000))")
      }
      await flower.end([link])
      let model = try outcome.get()
      // (10 · 1 + 30 · 3) / 40 = 2.5 a round.
      #expect(model.weight.map(\.count) == [150_000, 150_000])
      #expect(model.weight.allSatisfy { $0.allSatisfy { $0 == 7.5 } })
      #expect(model.bias == [8.5], "\(link.output.suffix(5000))")
      for (site, relay) in zip(sites, relays) {
        #expect(relay.cuts >= 2)
        #expect(site.works == 3 && site.answered == 3 && site.dropped == 0)
      }
      // The one goes on by itself, the other says so and announces its answer anew.
      #expect(sites[1].waits >= 2)
    }
  }

  /// Three rounds over three hundred thousand values.
  private func lead(_ sites: [CutSite], of flower: StockFlower) async throws -> Model {
    let result = flower.folder.appending(path: "result.json")
    try await flower.flwr(
      "run", try flower.copy(of: StockFlower.analytic).path, "test", "--run-config",
      "result='\(result.path)' nodes=2 columns=150000 round-wait=600.0")
    let end = ContinuousClock.now + .seconds(900)
    func isOver() -> Bool {
      FileManager.default.fileExists(atPath: result.path) && sites.allSatisfy { $0.answered == 3 }
    }
    while !isOver(), .now < end {
      try await Task.sleep(for: .milliseconds(50))
    }
    return try JSONDecoder().decode(Model.self, from: Data(contentsOf: result))
  }
}

import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("A coordinator that is started anew finds its nodes again")
struct RestartTests {
  /// Serves a new coordinator of the site until the site has answered it.
  private func expect(
    _ expected: [Float], of site: Site, at port: Int, asking values: [Float]
  ) async throws {
    let end = ContinuousClock.now + .seconds(600)
    while true {
      do {
        return #expect(try await answer(of: site, at: port, asking: values) == expected)
      } catch let error as FleetError {
        // A program that another test starts meanwhile may hold the place for as long as it runs.
        guard case .unreachable = error, .now < end else { throw error }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  private func answer(
    of site: Site, at port: Int, asking values: [Float]
  ) async throws -> [Float]? {
    let coordinator = EmbeddedCoordinator(admitting: .keys([site.folder.key.publicPEM]))
    return try await serving(FleetServer(coordinator, port: port)) { _ in
      while await coordinator.online.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      let node = try #require(await coordinator.online.first)
      try await coordinator.ask(
        node, to: "train",
        with: [("arrays", .arrays([("w", try FleetArray(values, shape: [values.count]))]))])
      return try await coordinator.answers(within: .seconds(600))[node]?["arrays"]?
        .array("w")?.floats()
    }
  }

  private func way(to port: Int, of site: Site) throws -> FlowerTransport {
    FlowerTransport(
      try CoordinatorAddress(
        try #require(URL(string: "http://127.0.0.1:\(port)")),
        patience: .init(
          connecting: .seconds(600), answer: .seconds(600), pause: .milliseconds(2),
          cut: .seconds(600))), key: site.folder.key)
  }

  /// Takes part in the background while the body leads.
  private func taking(
    _ site: Site, at port: Int, hasMoved: Bool = false, _ body: () async throws -> Void
  ) async throws {
    let way = try way(to: port, of: site)
    let running = Task { try await site.run(way, hasMoved: hasMoved) { _ in false } }
    let end: Result<Void, any Error>
    do {
      try await body()
      end = .success(())
    } catch { end = .failure(error) }
    running.cancel()
    _ = await running.result
    await way.close()
    try end.get()
  }

  @Test("at the same place its nodes come back by themselves, under the numbers that it gives")
  func samePlace() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let port = Int(freePort())
      try await taking(site, at: port) {
        try await expect([2, 3], of: site, at: port, asking: [1, 2])
        let first = site.folder.node()
        try await expect([7, 8], of: site, at: port, asking: [5, 6])
        #expect(site.folder.node() != first)
      }
    }
  }

  @Test("at another place its nodes come back when they are told that it moved, and not before")
  func anotherPlace() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let (old, new) = (Int(freePort()), Int(freePort()))
      try await taking(site, at: old) {
        try await expect([2, 3], of: site, at: old, asking: [1, 2])
      }
      let lost = try way(to: new, of: site)
      await #expect(
        throws: FleetError.anotherCoordinator(
          server: "127.0.0.1:\(new)", kept: "127.0.0.1:\(old)")
      ) { try await site.run(lost) { _ in true } }
      await lost.close()
      try await taking(site, at: new, hasMoved: true) {
        try await expect([7, 8], of: site, at: new, asking: [5, 6])
      }
    }
  }
}

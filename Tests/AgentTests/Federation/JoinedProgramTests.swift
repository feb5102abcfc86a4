import Engine
import Foundation
import Radiology
import Store
import TestSupport
import Testing

@testable import Agent
@testable import Federation

/// The program of one site, with a coordinator in this process.
private struct JoinedProgram {
  let here: SiteProgram
  let coordinator: EmbeddedCoordinator
  var site: JoinedSite { here.site }

  func answer() async throws -> Parameters {
    let answers = try await coordinator.answers(within: .seconds(600)).values
    return try #require(answers.first).model().sorted
  }

  func ask(_ message: FleetMessage) async throws {
    guard case .records(let records) = message.content else { return }
    let node = try #require(await coordinator.online.first)
    await coordinator.endRound()
    try await coordinator.ask(node, to: message.heading.kind, with: records)
  }
}

@Suite("A site's program in a federation", .timeLimit(.minutes(30)))
struct JoinedProgramTests {
  /// A coordinator on the loopback, the site's agent beside it, and what is tried with them.
  private func inFederation(_ body: (JoinedProgram) async throws -> Void) async throws {
    let here = try SiteProgram(await JoinedSite())
    defer { here.clean() }
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    let server = try FleetServer(coordinator)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    defer { serving.cancel() }
    let number = try #require(await ports.first { _ in true })
    let outcome = try await here.run("join", "http://127.0.0.1:\(number)", "--as", "Ada")
    try #require(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("knows this site"))
    try await here.withAgent {
      try await body(JoinedProgram(here: here, coordinator: coordinator))
    }
  }

  @Test("it waits for a person, learns what a round asks, and says what left")
  func round() async throws {
    try await inFederation { joined in
      try await eventually { await joined.coordinator.online.count == 1 }
      try await joined.ask(joined.site.instruction())
      try await eventually { try !joined.site.store.tasks().isEmpty }
      #expect(try await joined.here.run("approve").status != 0)
      let approved = try await joined.here.run("approve", "--yes", "--as", "Ada")
      #expect(approved.output.contains("is approved"))
      #expect(try await joined.answer() != (try JoinedSite.fresh().sorted))
      try await eventually { try joined.site.store.releases().first?.taken != nil }
      let status = try await joined.here.run("status").output
      #expect(status.contains("left         train, round 1: "))
      #expect(status.contains("1 answer left without noise"))
    }
  }

  @Test("its node runs, with all its threads, when nobody else wants to")
  func idle() async throws {
    try await inFederation { joined in
      try await eventually { await joined.coordinator.online.count == 1 }
      let node = try #require(joined.here.node)
      let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(node)/task")
      #expect(threads.count > 1)
      for thread in threads.compactMap({ pid_t($0) }) {
        #expect(sched_getscheduler(thread) == IdlePolicy.number)
      }
    }
  }

  @Test("killed in the middle of a round, it ends the round as if it had not been")
  func killed() async throws {
    try await inFederation { joined in
      let message = try joined.site.instruction(settings: [("steps", .integer(1000))])
      let undisturbed = try await joined.site.answer(message).parameters().sorted
      try await eventually { await joined.coordinator.online.count == 1 }
      let site = joined.site
      let approving = Task { while true { try await site.approve() } }
      defer { approving.cancel() }
      try await joined.ask(message)
      try await eventually {
        // On a machine that is busy it may be over by then.
        try joined.site.store.federationProgress()?.phase == .training
          || joined.site.store.releases().contains { $0.coordinator != "hub:8443" }
      }
      let first = try #require(joined.here.node)
      kill(first, SIGKILL)
      #expect(try await joined.answer() == undisturbed)
      #expect(joined.here.node != first)
    }
  }

  @Test("a pause ends its node, a resumption starts it, and leaving gives its place up")
  func paused() async throws {
    try await inFederation { joined in
      try await eventually { await joined.coordinator.online.count == 1 }
      #expect(try await joined.here.run("pause", "--reason", "an audit", "--as", "Ben").status == 0)
      try await eventually { await joined.coordinator.online.isEmpty && joined.here.node == nil }
      #expect(try await joined.here.run("status").output.contains("paused by Ben: an audit"))
      #expect(try await joined.here.run("resume").status == 0)
      try await eventually { await joined.coordinator.online.count == 1 }
      #expect(try await joined.here.run("join", "https://other.example").status != 0)
      #expect(try await joined.here.run("leave").status == 0)
      try await eventually { joined.here.node == nil }
      #expect(try await joined.here.run("status").output.contains("takes part in no federation"))
    }
  }
}

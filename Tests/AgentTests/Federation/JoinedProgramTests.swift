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
  let site: JoinedSite
  let program: Program
  let coordinator: EmbeddedCoordinator

  func run(_ words: String...) async throws -> Outcome {
    try await program.run(
      Program.executable, ["federation"] + words + ["--home", site.home.path])
  }

  /// Waits for something that only comes with time.
  func until(_ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(600)
    while try await !holds() {
      try #require(ContinuousClock.now < end, "it never came")
      try await Task.sleep(for: .milliseconds(20))
    }
  }

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

  /// The node's process, found as a sysadmin would.
  var node: pid_t? {
    let words = "federation\0node\0--attached\0--home\0\(site.home.path)\0"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.first { process in
      let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
      return line?.hasSuffix(words) == true
    }
  }
}

@Suite("A site's program in a federation", .timeLimit(.minutes(30)))
struct JoinedProgramTests {
  /// A coordinator on the loopback, the site's agent beside it, and what is tried with them.
  private func inFederation(_ body: (JoinedProgram) async throws -> Void) async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let program = try Program()
    defer { program.clean() }
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    let server = try FleetServer(coordinator)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    defer { serving.cancel() }
    let joined = JoinedProgram(site: site, program: program, coordinator: coordinator)
    let number = try #require(await ports.first { _ in true })
    let outcome = try await joined.run("join", "http://127.0.0.1:\(number)", "--as", "Ada")
    try #require(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("knows this site"))
    let agent = try Tool(
      executable: Program.executable, arguments: ["agent", "--home", site.home.path]
    ).launch(writingTo: program.folder.appending(path: "agent.log"))
    let end: Result<Void, any Error>
    do { end = .success(try await body(joined)) } catch { end = .failure(error) }
    agent.signal(SIGTERM)
    _ = await agent.end(within: .seconds(60))
    #expect(joined.node == nil)
    try end.get()
  }

  @Test("it waits for a person, learns what a round asks, and says what left")
  func round() async throws {
    try await inFederation { joined in
      try await joined.until { await joined.coordinator.online.count == 1 }
      try await joined.ask(joined.site.instruction())
      try await joined.until { try !joined.site.store.tasks().isEmpty }
      #expect(try await joined.run("approve").status != 0)
      let approved = try await joined.run("approve", "--yes", "--as", "Ada")
      #expect(approved.output.contains("is approved"))
      #expect(try await joined.answer() != (try JoinedSite.fresh().sorted))
      try await joined.until { try joined.site.store.releases().first?.taken != nil }
      let status = try await joined.run("status").output
      #expect(status.contains("left         train, round 1: "))
      #expect(status.contains("1 answer left without noise"))
    }
  }

  @Test("killed in the middle of a round, it ends the round as if it had not been")
  func killed() async throws {
    try await inFederation { joined in
      let message = try joined.site.instruction(settings: [("steps", .integer(1000))])
      let undisturbed = try await joined.site.answer(message).parameters().sorted
      try await joined.until { await joined.coordinator.online.count == 1 }
      let site = joined.site
      let approving = Task { while true { try await site.approve() } }
      defer { approving.cancel() }
      try await joined.ask(message)
      try await joined.until {
        // On a machine that is busy it may be over by then.
        try joined.site.store.federationProgress()?.phase == .training
          || joined.site.store.releases().contains { $0.coordinator != "hub:8443" }
      }
      let first = try #require(joined.node)
      kill(first, SIGKILL)
      #expect(try await joined.answer() == undisturbed)
      #expect(joined.node != first)
    }
  }

  @Test("a pause ends its node, a resumption starts it, and leaving gives its place up")
  func paused() async throws {
    try await inFederation { joined in
      try await joined.until { await joined.coordinator.online.count == 1 }
      #expect(try await joined.run("pause", "--reason", "an audit", "--as", "Ben").status == 0)
      try await joined.until { await joined.coordinator.online.isEmpty && joined.node == nil }
      #expect(try await joined.run("status").output.contains("paused by Ben: an audit"))
      #expect(try await joined.run("resume").status == 0)
      try await joined.until { await joined.coordinator.online.count == 1 }
      #expect(try await joined.run("join", "https://other.example").status != 0)
      #expect(try await joined.run("leave").status == 0)
      try await joined.until { joined.node == nil }
      #expect(try await joined.run("status").output.contains("takes part in no federation"))
    }
  }
}

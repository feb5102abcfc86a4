import Foundation
import Gateway
import Logging
import Radiology
import Store
import Synchronization
import Testing

@testable import Agent
@testable import Federation

@Suite("What a site's node lets leave")
struct SiteNodeTests {
  private func answer(to id: ObjectID, refusing: Bool = false) throws -> DeflatedMessage {
    let heading = try Heading(
      "train", run: RunID(rawValue: 5), to: NodeID(rawValue: 9), created: Date()
    ).answer(to: id, at: Date())
    return try DeflatedMessage(
      FleetMessage(
        heading,
        refusing
          ? SealedReply.refusal(.notAllowed).content
          : .records([("metrics", .metrics([("num-examples", .integer(7))]))])))
  }

  @Test("what was sealed leaves until somebody takes the approval back, and a refusal always")
  func leaves() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let message = try site.instruction()
    _ = try await site.answer(message)
    let id = try DeflatedMessage(message).id
    let node = try SiteNode(
      home: site.home, store: site.store, pictures: PictureShelf(store: site.store),
      site: "north", seat: JoinedSite.seat, policy: SitePolicy(.usual),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    #expect(try node.mayLeave(answer(to: id)))
    #expect(try !node.mayLeave(answer(to: ObjectID(of: [1]))))
    try site.store.decide(site.store.tasks()[0].id, .refused, by: "Ada", at: Date())
    #expect(try !node.mayLeave(answer(to: id)))
    #expect(try node.mayLeave(answer(to: id, refusing: true)))
  }

  @Test("a clock that is ten minutes off is told where people look, until somebody has set it")
  func clock() async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    let server = try FleetServer(coordinator)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    defer { serving.cancel() }
    let number = try #require(await ports.first { _ in true })
    let ahead = Mutex<TimeInterval>(600)
    let node = try SiteNode(
      home: site.home, store: site.store, pictures: PictureShelf(store: site.store),
      site: "north",
      seat: FederationSeat(
        url: "http://127.0.0.1:\(number)", hasAuthority: false, hasCertificate: false, key: "k",
        joinedBy: "Ada", joined: Date()),
      policy: SitePolicy(.usual),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { Date().addingTimeInterval(ahead.withLock { $0 }) })
    let running = Task { try await node.run() }
    defer { running.cancel() }
    try await eventually {
      try site.store.federationProgress()?.note?.contains("timedatectl set-ntp true") == true
    }
    #expect(try site.store.federationProgress()?.phase == .connecting)
    #expect(await coordinator.nodes.isEmpty)
    ahead.withLock { $0 = 0 }
    try await eventually { await coordinator.online.count == 1 }
    try await eventually { try site.store.federationProgress()?.phase == .idle }
    #expect(try site.store.federationProgress()?.note == nil)
    running.cancel()
    _ = await running.result
  }
}

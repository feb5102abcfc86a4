import Foundation
import Gateway
import Logging
import Radiology
import Store
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
}

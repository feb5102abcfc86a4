import Foundation
import SwiftProtobuf
import Synchronization
import Testing

@testable import Federation

@Suite("A coordinator listens to the head of a question, and to the rest only if it knows who asks")
struct GateTests {
  private let key = NodeKey()

  private func admit(
    _ service: FleetService, _ call: String, of key: NodeKey, at date: Date = Date(),
    as type: String = "application/protobuf", without missing: String = ""
  ) throws -> FleetGate.Question {
    try admit(
      service, "/v1/fleet/" + call, try key.proof(at: date), as: type, without: missing)
  }

  private func admit(
    _ service: FleetService, _ path: String, _ fields: [(name: String, value: String)],
    as type: String = "application/protobuf", without missing: String = ""
  ) throws -> FleetGate.Question {
    try service.gate.admit(path) { name in
      name == "content-type"
        ? type : name == missing ? nil : fields.first { $0.name == name }?.value
    }
  }

  private func service(
    _ admission: EmbeddedCoordinator.Admission,
    now: @escaping @Sendable () -> Date = { Date() }
  ) -> FleetService { FleetService(EmbeddedCoordinator(admitting: admission), now: now) }

  @Test("a question that is sent a second time is refused, whoever sends it")
  func replayed() throws {
    let service = service(.keys([key.publicPEM]))
    let fields = try key.proof(at: Date())
    _ = try admit(service, "/v1/fleet/pull-messages", fields)
    for call in ["pull-messages", "activate-node"] {
      #expect(throws: FleetRefusal.notAuthenticated) {
        try admit(service, "/v1/fleet/\(call)", fields)
      }
    }
  }

  @Test("what is no question of a node's is refused before the coordinator hears of it")
  func nonsense() async throws {
    let service = service(.keys([key.publicPEM]))
    for path in ["/", "/v1/control/list-runs", "/v1/fleet/", "/v1/fleet/../control/x"] {
      #expect(throws: FleetRefusal.noSuchCall, "\(path)") {
        try admit(service, path, try key.proof(at: Date()))
      }
    }
    #expect(throws: FleetRefusal.notProtobuf) {
      try admit(service, "pull-messages", of: key, as: "application/json")
    }
    for field in ["flwr-public-key", "flwr-timestamp", "flwr-signature"] {
      #expect(throws: FleetRefusal.notAuthenticated) {
        try admit(service, "pull-messages", of: key, without: field)
      }
    }
    let question = try admit(service, "pull-messages", of: key)
    await #expect(throws: FleetRefusal.notRead) {
      try await service.answer(question, [0xff, 0xff])
    }
  }

  @Test("a stranger may register and activate with a few bytes, and nothing of it is remembered")
  func strangers() throws {
    for admission in [.everybody, .keys([key.publicPEM])] as [EmbeddedCoordinator.Admission] {
      let service = service(admission)
      for _ in 0..<10 {
        let stranger = NodeKey()
        for call in ["register-node", "activate-node"] {
          #expect(try admit(service, call, of: stranger).call.longestBody == 4 << 10)
        }
        for call in ["pull-messages", "push-messages", "push-object", "send-node-heartbeat"] {
          #expect(throws: FleetRefusal.notAuthenticated) {
            try admit(service, call, of: stranger)
          }
        }
      }
      #expect(service.gate.seen.count == 0)
    }
  }

  @Test("a key that is let in later counts from then on, and one that is shut out at once not")
  func admitted() async throws {
    let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
    let service = FleetService(coordinator) { Date() }
    let new = NodeKey()
    // What it signed as a stranger was not noted, and anybody may have seen it.
    let early = try new.proof(at: Date())
    _ = try admit(service, "/v1/fleet/activate-node", early)
    await coordinator.admit(only: [new.publicPEM])
    #expect(throws: FleetRefusal.notAuthenticated) {
      try admit(service, "/v1/fleet/pull-messages", early)
    }
    _ = try admit(service, "pull-messages", of: new)
    #expect(throws: FleetRefusal.notAuthenticated) {
      try admit(service, "pull-messages", of: key)
    }
    #expect(await coordinator.nodes.count == 1)
  }

  @Test("a member may send much where an answer needs it, and nowhere else")
  func members() throws {
    let service = service(.keys([key.publicPEM]))
    for call in ["push-messages", "push-object"] {
      #expect(try admit(service, call, of: key).call.longestBody == 8 << 20)
    }
    for call in ["pull-messages", "pull-object", "get-run", "send-node-heartbeat"] {
      #expect(try admit(service, call, of: key).call.longestBody == 4 << 10)
    }
  }

  @Test("what a member signed is remembered as long as it would be believed, and no longer")
  func forgotten() throws {
    let clock = Mutex(Date())
    let service = service(.keys([key.publicPEM])) { clock.withLock { $0 } }
    let start = clock.withLock { $0 }
    let fields = try key.proof(at: start)
    _ = try admit(service, "/v1/fleet/pull-messages", fields)
    for minute in 1...5 {
      clock.withLock { $0 = start + TimeInterval(60 * minute) }
      _ = try admit(service, "pull-messages", of: key, at: start + TimeInterval(60 * minute))
      #expect(throws: FleetRefusal.notAuthenticated) {
        try admit(service, "/v1/fleet/pull-messages", fields)
      }
    }
    #expect(service.gate.seen.count == 6)
    clock.withLock { $0 = start + 3600 }
    _ = try admit(service, "pull-messages", of: key, at: start + 3600)
    #expect(service.gate.seen.count == 1)
  }

  @Test("what a key signed as a stranger is worth nothing once it is a member's")
  func registered() async throws {
    let service = service(.everybody)
    let early = try key.proof(at: Date(timeIntervalSinceNow: -1))
    _ = try admit(service, "/v1/fleet/activate-node", early)
    let fields = try key.proof(at: Date())
    let body: [UInt8] = try ProtoRegisterNodeFleetRequest.with {
      $0.publicKey = Data(key.publicPEM.utf8)
    }.serializedBytes()
    let question = try admit(service, "/v1/fleet/register-node", fields)
    _ = try await service.answer(question, body)
    for old in [early, fields] {
      #expect(throws: FleetRefusal.notAuthenticated) {
        try admit(service, "/v1/fleet/pull-messages", old)
      }
    }
    #expect(try admit(service, "pull-messages", of: key).key == key.publicPEM)
  }
}

import Foundation
import Testing

@testable import Federation

@Suite("Whoever is slow, or comes too often, shuts nobody out of a coordinator")
struct SlowConnectionTests {
  private let key = NodeKey()

  /// Serves with limits of which only the named ones are short.
  private func serving<Result: Sendable>(
    _ change: (inout ConnectionLimits) -> Void = { _ in },
    _ body: @Sendable @escaping (Int) async throws -> Result
  ) async throws -> Result {
    var server = try FleetServer(EmbeddedCoordinator(admitting: .keys([key.publicPEM])))
    server.limits.head = .seconds(600)
    server.limits.idle = .seconds(600)
    server.limits.least = .seconds(600)
    change(&server.limits)
    return try await FederationTests.serving(server, body)
  }

  private func head(_ call: String, of key: NodeKey, length: Int) throws -> String {
    let fields = try key.proof(at: Date()).map { "\($0.name): \($0.value)\r\n" }.joined()
    return "POST /v1/fleet/\(call) HTTP/1.1\r\nHost: a\r\n"
      + "Content-Type: application/protobuf\r\n\(fields)Content-Length: \(length)\r\n\r\n"
  }

  @Test("who says nothing, or takes forever over the head of a question, is hung up on")
  func slowHead() async throws {
    try await serving({ $0.head = .milliseconds(100) }) { port in
      #expect(try await RawCaller(to: port).hear() == "")
      let slow = try RawCaller(to: port)
      slow.say("POST /")
      await slow.trickle()
      #expect(await slow.hear() == "")
    }
  }

  @Test("a body has the time that its size needs, and no more")
  func slowBody() async throws {
    try await serving({ $0.least = .milliseconds(100) }) { port in
      let slow = try RawCaller(to: port)
      slow.say(try head("push-object", of: key, length: 2_000))
      await slow.trickle()
      #expect(await slow.hear() == "")
    }
    #expect(ConnectionLimits().time(for: 0) == .seconds(10))
    #expect(ConnectionLimits().time(for: 5 << 20) == .seconds(170))
  }

  @Test("who asks is told no before a body comes, and so is who announces too long a one")
  func refusedAtTheHead() async throws {
    try await serving { port in
      for (call, key, length, status) in [
        ("push-object", NodeKey(), 5 << 20, "401"), ("register-node", NodeKey(), 4_097, "413"),
        ("push-object", key, 9 << 20, "413"), ("pull-messages", key, 4_097, "413"),
      ] {
        let caller = try RawCaller(to: port)
        caller.say(try head(call, of: key, length: length))
        #expect(await caller.hear().hasPrefix("HTTP/1.1 \(status)"), "\(call) \(length)")
      }
    }
  }

  @Test("sixteen connections from one address are all there are, and others still get in")
  func perAddress() async throws {
    try await serving { port in
      func call(from address: String) async throws -> RawCaller? {
        let caller = try RawCaller(to: port, from: address)
        caller.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return await caller.hear().hasPrefix("HTTP/1.1 404") ? caller : nil
      }
      var callers: [RawCaller] = []
      for _ in 0..<16 { callers.append(try #require(try await call(from: "127.0.0.1"))) }
      #expect(try await call(from: "127.0.0.1") == nil)
      #expect(try await call(from: "127.0.0.2") != nil)
      callers.removeLast()
      // Its place is free once the server has heard that it is gone.
      while try await call(from: "127.0.0.1") == nil { try await Task.sleep(for: .milliseconds(5)) }
      withExtendedLifetime(callers) {}
    }
  }
}

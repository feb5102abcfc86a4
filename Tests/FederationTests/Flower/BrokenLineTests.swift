import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("A line that breaks or crawls is waited for no longer than said, and asked again")
struct BrokenLineTests {
  private let key = NodeKey()
  private let node = NodeID(rawValue: 42)

  private func address(
    _ port: UInt16, _ scheme: String = "http", connecting: Duration = .seconds(600),
    answer: Duration = .seconds(600)
  ) throws -> CoordinatorAddress {
    try CoordinatorAddress(
      try #require(URL(string: "\(scheme)://127.0.0.1:\(port)")),
      patience: .init(
        connecting: connecting, answer: answer, pause: .milliseconds(1), cut: .seconds(600)))
  }

  private func failure(of address: CoordinatorAddress) async -> FleetError? {
    let transport = FlowerTransport(address, key: key)
    let error = await #expect(throws: FleetError.self) { try await transport.pull(as: node) }
    await transport.close()
    return error
  }

  @Test("an answer that is cut in the middle may be whole the next time")
  func halfAnswer() async throws {
    let server = try ScriptedServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of".utf8))]
    }
    let error = await failure(of: try address(server.port))
    #expect(error == .brokeOff(server: "127.0.0.1:\(server.port)"))
    #expect(error?.isPassing == true)
  }

  @Test("who hangs up in the middle of the handshake is not called untrusted")
  func halfHandshake() async throws {
    let server = try RawListener { RawListener.hear($0) }
    let error = await failure(of: try address(server.port, "https"))
    #expect(error == .brokeOff(server: "127.0.0.1:\(server.port)"))
  }

  @Test("an answer that trickles is not waited for longer than a silent one")
  func trickle() async throws {
    let server = try RawListener { connection in
      RawListener.hear(connection)
      guard
        RawListener.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", to: connection)
      else { return }
      for _ in 0..<1_000 {
        guard RawListener.say("x", to: connection) else { return }
        usleep(10_000)
      }
    }
    let error = await failure(of: try address(server.port, answer: .seconds(1)))
    #expect(error == .tooSlow(server: "127.0.0.1:\(server.port)"))
  }

  @Test("a heartbeat that a dead line swallowed is not waited for as long as another answer")
  func deadHeartbeat() async throws {
    // A line that lets everything in and nothing out, as one that a router has forgotten.
    let server = try ScriptedServer { _ in [.stall] }
    let transport = FlowerTransport(
      try CoordinatorAddress(
        try #require(URL(string: "http://127.0.0.1:\(server.port)")),
        patience: .init(
          connecting: .seconds(600), answer: .seconds(600), pause: .milliseconds(1),
          cut: .seconds(600), beat: .milliseconds(300))), key: key)
    let error = await #expect(throws: FleetError.self) { try await transport.beat(as: node) }
    #expect(error == .tooSlow(server: "127.0.0.1:\(server.port)"))
    #expect(error?.isPassing == true)
    await transport.close()
    // Before it is taken for gone there is time for more than one.
    #expect(CoordinatorAddress.Patience.usual.beat * 3 < .seconds(heartbeatInterval * 1.1))
  }

  @Test("a server that was refused and then says nothing does not hold the reason back")
  func silentSecondLook() async throws {
    struct Refused: Error, CustomStringConvertible {
      let description = "CERTIFICATE_VERIFY_FAILED"
    }
    // It waits for the end of a question that never comes.
    let server = try ScriptedServer { _ in [.stall] }
    let look = CertificateLook(
      try address(server.port, "https", connecting: .milliseconds(200)))
    #expect(
      await look.verdict(on: Refused())
        == .untrusted(
          server: "127.0.0.1:\(server.port)", reason: "its certificate does not hold"))
  }
}

import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite(
  "Nobody is spoken to who does not prove who he is",
  .enabled(if: Certificates.isPossible, "openssl is not there"))
struct SecurityTests {
  private let key = NodeKey()

  private func address(
    _ port: Int, trusting authority: URL, identity: (certificate: URL, key: URL)? = nil
  ) throws -> CoordinatorAddress {
    try CoordinatorAddress(
      try #require(URL(string: "https://127.0.0.1:\(port)")), authority: authority,
      identity: identity)
  }

  /// What becomes of a node that goes there.
  private func activate(at address: CoordinatorAddress) async -> Result<NodeID, FleetError> {
    let transport = FlowerTransport(address, key: key)
    let result: Result<NodeID, FleetError>
    do { result = .success(try await transport.activate(resuming: nil)) } catch {
      result = .failure(error)
    }
    await transport.close()
    return result
  }

  private func untrusted(_ result: Result<NodeID, FleetError>) -> String? {
    guard case .failure(.untrusted(_, let reason)) = result else {
      Issue.record("\(result)")
      return nil
    }
    return reason
  }

  @Test("a certificate of the right authority is trusted, a stranger's and an old one are not")
  func certificates() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      try await serving(
        FleetServer(coordinator, identity: (certificate: files.site, key: files.key))
      ) { port in
        let right = await activate(at: try address(port, trusting: files.authority))
        #expect(throws: Never.self) { try right.get() }
        let wrong = await activate(at: try address(port, trusting: files.stranger))
        #expect(untrusted(wrong)?.contains("another authority") == true)
      }
      try await serving(
        FleetServer(coordinator, identity: (certificate: files.expired, key: files.key))
      ) { port in
        let old = await activate(at: try address(port, trusting: files.authority))
        #expect(untrusted(old)?.contains("ended on") == true)
      }
    }
  }

  @Test("a certificate of the right authority for another host is not trusted")
  func anotherHost() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      try await serving(
        FleetServer(coordinator, identity: (certificate: files.elsewhere, key: files.key))
      ) { port in
        let wrong = await activate(at: try address(port, trusting: files.authority))
        #expect(untrusted(wrong)?.contains("for another host") == true)
      }
      #expect(await coordinator.online.isEmpty)
    }
  }

  @Test("a proxy that wants to know its clients knows ours by its certificate")
  func clientCertificate() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      try await serving(FleetServer(coordinator)) { port in
        let front = Int(freePort())
        let proxy = try Tool(
          executable: URL(filePath: "/usr/bin/socat"),
          arguments: [
            "-d", "-d",
            "OPENSSL-LISTEN:\(front),bind=127.0.0.1,fork,reuseaddr,verify=1,"
              + "cafile=\(files.authority.path),cert=\(files.site.path),key=\(files.key.path)",
            "TCP:127.0.0.1:\(port)",
          ]
        ).launch(writingTo: folder.appending(path: "proxy"))
        _ = try await proxy.says(#/listening on/#)
        let without = await activate(at: try address(front, trusting: files.authority))
        let with = await activate(
          at: try address(
            front, trusting: files.authority,
            identity: (certificate: files.site, key: files.key)))
        proxy.signal(SIGTERM, toGroup: true)
        _ = await proxy.end()
        #expect(without == .failure(.certificateRefused(server: "127.0.0.1:\(front)")))
        #expect(throws: Never.self) { try with.get() }
      }
    }
  }

  @Test("a coordinator serves other machines only with a certificate")
  func inTheClear() {
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    for host in ["0.0.0.0", "::", "10.0.0.1", "hospital.example"] {
      #expect(throws: FleetError.notSecure(server: "\(host):0")) {
        try FleetServer(coordinator, host: host)
      }
    }
  }
}

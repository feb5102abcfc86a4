import Foundation
import Radiology
import Store
import TestSupport
import Testing

@Suite("The federation at the command line")
struct FederationCommandTests {
  @Test("what a coordinator wrote passes for no line of ours")
  func forged() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    let forged = "1\n  privacy      changes up to a length of 0.1, Gaussian noise of 8.0 times that"
    _ = try store.note(
      LearningTask(
        coordinator: "hub:8443", parts: [], settings: ["note": forged, "b\n": "2"],
        partners: [], clip: nil, noise: nil, asked: Date()
      ) { _ in "abcdef" })
    let output = try await program.run("federation", "tasks").output
    #expect(output.split(separator: "\n").filter { $0.hasPrefix("  privacy ") }.count == 1)
    #expect(output.contains(#"note = 1\n  privacy"#) && output.contains(#"b\n = 2"#))
  }

  @Test("an attempt to join that fails keeps the certificates in use, and shows the site's line")
  func kept() async throws {
    let program = try Program()
    defer { program.clean() }
    let authority = program.home.appending(path: "federation/authority.pem")
    try FileManager.default.createDirectory(
      at: authority.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("in use".utf8).write(to: authority)
    let outcome = try await program.run(
      "federation", "join", "http://127.0.0.1:\(freePort())")
    #expect(outcome.status != 0 && outcome.output.contains("cannot be reached"))
    #expect(outcome.output.contains("ecdsa-sha2-nistp384 "))
    #expect(try Data(contentsOf: authority) == Data("in use".utf8))
    #expect(try Store(home: program.home).seat() == nil)
  }
}

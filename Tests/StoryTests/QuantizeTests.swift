import Foundation
import TestSupport
import Testing

/// A site lets its model work on 8-bit integers, and goes back.
@Suite("Work on 8-bit integers")
struct QuantizeTests {
  private struct Version: Decodable {
    let id: String
    let state: String
  }

  private struct Outcome: Decodable {
    let model: String
    let active: Bool
    let fall: Double?
  }

  private func versions(_ program: Program) async throws -> [Version] {
    let output = try await program.run("model", "list", "--json").output
    return try JSONDecoder().decode([Version].self, from: Data(output.utf8))
  }

  private func active(_ program: Program) async throws -> String? {
    try await versions(program).first { $0.state == "active" }?.id
  }

  @Test(
    "a model that loses nothing by it is replaced by its twin, until it is called back",
    .enabled(if: SharedFiles.hasChest, "SECONDLOOK_DATA is not there"))
  func thereAndBack() async throws {
    let program = try Program()
    defer { program.clean() }
    let before = try await active(program)
    let there = try await program.run(
      "model", "quantize", "--data", SharedFiles.chest.path, "--json"
    ).output
    let outcome = try JSONDecoder().decode(Outcome.self, from: Data(there.utf8))
    #expect(outcome.active)
    #expect(try #require(outcome.fall) < 0.002)
    #expect(outcome.model != before)
    #expect(try await active(program) == outcome.model)
    #expect(try await program.run("model", "show").output.contains("8-bit integers"))
    let twice = try await program.run("model", "quantize", "--data", SharedFiles.chest.path)
    #expect(twice.status != 0 && twice.output.contains("already"))

    #expect(try await program.run("model", "quantize", "--off").status == 0)
    #expect(try await active(program) == before)
    #expect(try await versions(program).count == 2)
  }

  @Test("a site that has not read enough itself is told so, and its model stays")
  func tooFew() async throws {
    let program = try Program()
    defer { program.clean() }
    let before = try await active(program)
    let outcome = try await program.run("model", "quantize")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("more than 500 and 5 images of each are needed"))
    #expect(try await active(program) == before)
  }
}

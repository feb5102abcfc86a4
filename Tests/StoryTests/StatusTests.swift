import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// What a sysadmin asks in a shell, and what other programs read of it.
@Suite("Status and sync in a shell")
struct StatusTests {
  private func object(_ outcome: Outcome) throws -> [String: Any] {
    #expect(outcome.status == 0, "\(outcome)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test("a store without an agent says so, with the command that starts one")
  func dead() async throws {
    let program = try Program()
    defer { program.clean() }
    let text = try await program.run("status")
    #expect(text.output.contains("✖ NOT RUNNING"), "\(text)")
    #expect(text.output.contains("secondlook agent"))
    #expect(text.isPlain)
    let json = try object(try await program.run("status", "--json"))
    let agent = try #require(json["agent"] as? [String: Any])
    #expect(agent["running"] as? Bool == false)
    #expect(agent["start"] as? String == "secondlook agent")
    #expect(((json["disk"] as? [String: Any])?["total"] as? Int ?? 0) > 0)
    #expect((json["receiver"] as? [String: Any])?["state"] as? String == "not configured")
    #expect(json["refusals"] is [Any] && json["archives"] is [Any])
  }

  @Test("after one turn of the agent each stage says when it ran, and what a failure was")
  func turn() async throws {
    let program = try Program()
    defer { program.clean() }
    #expect(try await program.run("agent", "--once").status == 0)
    let json = try object(try await program.run("status", "--json"))
    let stages = try #require(json["stages"] as? [[String: Any]])
    for name in ["ingest", "receive", "read", "learn", "deliver"] {
      let stage = try #require(stages.first { $0["name"] as? String == name }, "\(name)")
      #expect(stage["succeeded"] is String, "\(name)")
      #expect(stage["waiting"] as? Int == 0, "\(name)")
      #expect(stage["error"] == nil || stage["error"] is NSNull, "\(name)")
    }
  }

  @Test("a configuration with a mistake is told, and nothing is called well for it")
  func mistaken() async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try Store(home: program.home)
    try Data("[receive]\nport = \"x\"\n".utf8).write(
      to: program.home.appending(path: "secondlook.toml"))
    let json = try object(try await program.run("status", "--json"))
    #expect((json["configurationError"] as? String)?.contains("secondlook.toml") == true)
    #expect((json["receiver"] as? [String: Any])?["state"] as? String == "unknown")
  }

  @Test("the database can be checked by itself")
  func check() async throws {
    let program = try Program()
    defer { program.clean() }
    let answer = try await program.run("status", "--check")
    #expect(answer.status == 0 && answer.output.contains("intact"), "\(answer)")
  }

  @Test("sync prints rounds and models, and as JSON too")
  func sync() async throws {
    let program = try Program()
    defer { program.clean() }
    let text = try await program.run("sync")
    #expect(text.output.contains("No round yet"), "\(text)")
    #expect(text.output.contains("What left this building"))
    let json = try object(try await program.run("sync", "--json"))
    #expect((json["rounds"] as? [Any])?.isEmpty == true)
    #expect((json["models"] as? [[String: Any]])?.first?["state"] as? String == "active")
    #expect(json["bytesSent"] as? Int == 0)
  }
}

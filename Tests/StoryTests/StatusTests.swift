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

  @Test("the log in a shell has what the store and the agent wrote, by level, kind and words")
  func log() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    try store.record(.refused, actor: "CT1", detail: "It is cut off.")
    try store.record(.failed, actor: "read", detail: "No model.")
    func entries(_ arguments: String...) async throws -> [[String: Any]] {
      let command = "\"$PROGRAM\" log --json " + arguments.joined(separator: " ")
      let answer = try await program.shell(command)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [[String: Any]],
        "\(answer)")
    }
    let all = try await entries()
    #expect(Set(all.compactMap { $0["actor"] as? String }).isSuperset(of: ["CT1", "read"]))
    for key in ["source", "number", "at", "level", "actor", "kind", "text"] {
      #expect(all.allSatisfy { $0[key] != nil }, "\(key)")
    }
    #expect(try await entries("--level", "error").map { $0["kind"] as? String } == ["failed"])
    #expect(try await entries("--kind", "refused").count == 1)
    #expect(try await entries("--text", "\"cut off\"").count == 1)
    #expect(try await program.run("log").output.contains("ERROR"))
    #expect(try await program.run("log", "--level", "loud").status != 0)
  }

  @Test("a patient is found in a shell, with how far each report is")
  func find() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "1.1")
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(
          uid: "1.1", patient: patient.id, accession: "ACC1", modality: "DX", arrived: Date()),
        series: [Series(uid: "1.1.1", study: "1.1")],
        instances: [
          Instance(
            uid: "1.1.1.1", series: "1.1.1", study: "1.1", format: .dicom, digest: "a", bytes: 1)
        ]), at: Date() - 60)
    let json = try await program.run("find", "doe", "jane", "--json")
    let found = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(found.first?["study_uid"] as? String == "1.1")
    #expect(found.first?["report"] as? String == "none")
    #expect((found.first?["patient"] as? [String: Any])?["identifier"] as? String == "4711")
    #expect((found.first?["deliveries"] as? [Any])?.isEmpty == true)
    #expect(try await program.run("find", "acc1").output.contains("not signed"))
    #expect(try await program.run("find", "nobody").status == 1)
  }
}

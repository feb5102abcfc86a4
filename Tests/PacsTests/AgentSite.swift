import Foundation
import TestSupport
import Testing

/// The agent of a site with a store of its own.
struct AgentSite {
  let program: Program
  let port: UInt16

  /// `complete` is the seconds after its last image from which a study counts as complete.
  init(_ sections: String = "", complete: Int = 1, port: UInt16 = freePort()) throws {
    program = try Program()
    self.port = port
    try FileManager.default.createDirectory(
      at: program.home, withIntermediateDirectories: true)
    let receiver = """
      [receive]
      port = \(port)
      accept = ["MODALITY", "ORTHANC"]
      complete_after = \(complete)

      """
    try Data((receiver + sections).utf8).write(
      to: program.home.appending(path: "secondlook.toml"))
  }

  /// Starts the agent.
  func launch() throws -> Launched {
    let environment = ProcessInfo.processInfo.environment
      .merging(["SECONDLOOK_HOME": program.home.path]) { $1 }
    return try Tool(
      executable: Program.executable, arguments: ["agent"], environment: environment
    ).launch(writingTo: program.folder.appending(path: "agent-\(UUID().uuidString)"))
  }

  /// Starts the agent, and waits until its receiver answers.
  func start() async throws -> Launched {
    let agent = try launch()
    for _ in 0..<600 {
      if try await echo() { return agent }
      try await Task.sleep(for: .milliseconds(100))
    }
    agent.signal(SIGKILL)
    throw Launched.Silence(output: agent.output)
  }

  func echo() async throws -> Bool {
    try await secondlookDICOM(
      "echo", "127.0.0.1", "\(port)", "--calling", "MODALITY", "--called", "SECONDLOOK",
      "--stall", "5"
    ).status == 0
  }

  /// Waits until a command says something.
  func says(_ pattern: Regex<Substring>, _ words: String...) async throws {
    var last = ""
    for _ in 0..<600 {
      last = try await program.run(Program.executable, words).output
      if last.contains(pattern) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("\(words): \(last)")
  }
}

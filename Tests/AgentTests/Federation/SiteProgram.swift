import Foundation
import TestSupport
import Testing

/// A site with its program: what a person does there, and the agent beside it.
struct SiteProgram {
  let site: JoinedSite
  private let program: Program

  init(_ site: JoinedSite) throws {
    self.site = site
    program = try Program()
  }

  func clean() {
    program.clean()
    site.clean()
  }

  /// Runs a command of `secondlook federation` to its end.
  func run(_ words: String...) async throws -> Outcome {
    try await program.run(
      Program.executable, ["federation"] + words + ["--home", site.home.path])
  }

  /// Checks this site's log, and a coordinator's ledger with it.
  func verifyAudit(beside ledger: URL, signedBy key: URL? = nil) async throws -> Outcome {
    try await program.run(
      Program.executable,
      ["audit", "verify", "--ledger", ledger.path, "--home", site.home.path]
        + (key.map { ["--key", $0.path] } ?? []))
  }

  /// Runs the agent while the body runs; afterwards nothing of it is left.
  func withAgent(_ body: () async throws -> Void) async throws {
    let agent = try Tool(
      executable: Program.executable, arguments: ["agent", "--home", site.home.path]
    ).launch(writingTo: program.folder.appending(path: "agent.log"))
    let end: Result<Void, any Error>
    do { end = .success(try await body()) } catch { end = .failure(error) }
    agent.signal(SIGTERM)
    _ = await agent.end(within: .seconds(60))
    #expect(node == nil)
    try end.get()
  }

  /// Starts a script that finds the program as `$PROGRAM`, the site as `$SECONDLOOK_HOME`, and
  /// places of its own as `$LOG` and `$COPY`.
  func launch(_ script: String, _ more: [String: String] = [:]) throws -> Launched {
    let folder = program.folder
    let surroundings = [
      "PROGRAM": Program.executable.path, "SECONDLOOK_HOME": site.home.path,
      "LOG": folder.appending(path: "agent.log").path,
      "COPY": folder.appending(path: "copy").path,
    ]
    return try Tool(
      executable: URL(filePath: "/bin/sh"), arguments: ["-c", script],
      environment: ProcessInfo.processInfo.environment.merging(surroundings) { $1 }
        .merging(more) { $1 }
    ).launch(writingTo: folder.appending(path: "story.log"))
  }

  /// The node's process, found as a sysadmin would.
  var node: pid_t? {
    let words = "federation\0node\0--attached\0--home\0\(site.home.path)\0"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.first { process in
      let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
      return line?.hasSuffix(words) == true
    }
  }
}

/// Waits for something that only comes with time.
func eventually(_ holds: () async throws -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(600)
  while try await !holds() {
    try #require(ContinuousClock.now < end, "it never came")
    try await Task.sleep(for: .milliseconds(20))
  }
}

import Foundation
import TestSupport
import Testing

/// The agent among real peers: a modality that sends, an archive, a worklist.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK && SharedFiles.hasImage))
struct AgentDayTests {
  /// The agent of a site with a store of its own.
  private struct Site {
    let program: Program
    let port: UInt16

    init(_ sections: String = "", port: UInt16 = freePort()) throws {
      program = try Program()
      self.port = port
      try FileManager.default.createDirectory(
        at: program.home, withIntermediateDirectories: true)
      let receiver = """
        [receive]
        port = \(port)
        accept = ["MODALITY", "ORTHANC"]
        complete_after = 1

        """
      try Data((receiver + sections).utf8).write(
        to: program.home.appending(path: "secondlook.toml"))
    }

    /// Starts the agent, and waits until its receiver answers.
    func start() async throws -> Launched {
      let environment = ProcessInfo.processInfo.environment
        .merging(["SECONDLOOK_HOME": program.home.path]) { $1 }
      let agent = try Tool(
        executable: Program.executable, arguments: ["agent"], environment: environment
      ).launch(writingTo: program.folder.appending(path: "agent-\(UUID().uuidString)"))
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

  @Test("what a modality sends is received, follows its order and is triaged when it is complete")
  func received() async throws {
    try await PlannedExaminations.running { worklist in
      let site = try Site(
        "[worklist]\nhost = \"127.0.0.1\"\nport = \(worklist)\nae_title = \"RIS\"\nevery = 5\n")
      defer { site.program.clean() }
      let agent = try await site.start()
      let sent = try await run(
        "dcmsend", "-aet", "MODALITY", "-aec", "SECONDLOOK", "127.0.0.1", "\(site.port)",
        SharedFiles.image.path)
      #expect(sent.status == 0, "\(sent)")
      try await site.says(#/"state" : "unread"/#, "worklist", "--json")
      try await site.says(#/"priority" : "stat"/#, "show", "#1", "--json")
      try await site.says(#/"source" : "MODALITY"/#, "worklist", "--json")
      let stranger = try await run(
        "dcmsend", "-aet", "STRANGER", "-aec", "SECONDLOOK", "127.0.0.1", "\(site.port)",
        SharedFiles.image.path)
      #expect(stranger.status != 0)
      try await site.says(#/STRANGER/#, "status")
      try await site.says(#/\nreceiver +/#, "status")
      agent.signal(SIGTERM)
      #expect(await agent.end(within: .seconds(60)) == 0)
      #expect(try await !site.echo())
    }
  }

  @Test("an archive's new study is fetched by itself, and what it knows of the patient is shown")
  func pulled() async throws {
    try await Orthanc.running { orthanc in
      _ = try await orthanc.rest("/instances", post: Data(contentsOf: SharedFiles.image))
      let site = try Site(
        """
        [[pacs]]
        name = "main"
        url = "http://127.0.0.1:\(orthanc.http)/dicom-web"
        every = 5
        days = 36500

        """)
      defer { site.program.clean() }
      let agent = try await site.start()
      try await site.says(#/"source" : "main"/#, "worklist", "--json")
      try await site.says(#/"expected" : 1/#, "worklist", "--json")
      try await site.says(#/\npriors main +\S+ +\d+/#, "status")
      agent.signal(SIGTERM)
      #expect(await agent.end(within: .seconds(60)) == 0)
    }
  }

  @Test("an agent that was killed leaves no receiver behind, and the next one starts at once")
  func killed() async throws {
    let site = try Site()
    defer { site.program.clean() }
    let first = try await site.start()
    // Not the whole group: the receiver has to notice by itself.
    first.signal(SIGKILL)
    _ = await first.end()
    let second = try await site.start()
    let sent = try await run(
      "dcmsend", "-aet", "MODALITY", "-aec", "SECONDLOOK", "127.0.0.1", "\(site.port)",
      SharedFiles.image.path)
    #expect(sent.status == 0, "\(sent)")
    try await site.says(#/"source" : "MODALITY"/#, "worklist", "--json")
    second.signal(SIGTERM)
    #expect(await second.end(within: .seconds(60)) == 0)
  }
}

/// A real server of the modality worklist, DCMTK's, with one order for today.
private enum PlannedExaminations {
  static func running(_ body: (_ port: UInt16) async throws -> Void) async throws {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let items = folder.appending(path: "RIS")
    try FileManager.default.createDirectory(at: items, withIntermediateDirectories: true)
    try Data().write(to: items.appending(path: "lockfile"))
    let dump = SharedFiles.image.deletingLastPathComponent().appending(path: "worklist_item.dump")
    let day = Date().formatted(
      Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateSeparator(.omitted))
    let text = try String(contentsOf: dump, encoding: .utf8)
      .replacing(#/\(0040,0002\) DA \[\d+\]/#, with: "(0040,0002) DA [\(day)]")
    try Data(text.utf8).write(to: folder.appending(path: "item.dump"))
    let made = try await run(
      "dump2dcm", "-q", "+te", folder.appending(path: "item.dump").path,
      items.appending(path: "item.wl").path)
    #expect(made.status == 0, "\(made)")
    let port = freePort()
    let server = try Tool(
      executable: URL(filePath: "/usr/bin/wlmscpfs"),
      arguments: ["-dfp", folder.path, "\(port)"]
    ).launch(writingTo: folder.appending(path: "log"))
    let result: Result<Void, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    server.signal(SIGTERM)
    _ = await server.end()
    try result.get()
  }
}

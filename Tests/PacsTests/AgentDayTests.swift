import Foundation
import TestSupport
import Testing

/// The agent among real peers: a modality that sends, an archive, a worklist.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK && SharedFiles.hasImage))
struct AgentDayTests {
  @Test("what a modality sends is received, follows its order and is triaged when it is complete")
  func received() async throws {
    try await PlannedExaminations.running { worklist in
      let site = try AgentSite(
        "[worklist]\nhost = \"127.0.0.1\"\nport = \(worklist.port)\nae_title = \"RIS\"\nevery = 5\n"
      )
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
      let site = try AgentSite(
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
    let site = try AgentSite()
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

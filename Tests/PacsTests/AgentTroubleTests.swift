import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Other systems fail: the agent says how, and goes on when they are back.
@Suite(.enabled(if: SecureOrthanc.isHere && hasDCMTK && SharedFiles.hasImage))
struct AgentTroubleTests {
  @Test("an archive that dies in the middle of a study gives the rest later, nothing twice")
  func brokenPull() async throws {
    let archive = try Archive()
    defer { archive.clean() }
    let first = try await archive.start()
    let objects = try (0..<20).map { try GeneratedObject($0, of: "2.25.12", side: 256) }
    for object in objects { try await archive.store(object.file) }
    // Half of its objects come.
    let relay = try Relay(to: archive.http, after: 10 * 131_072) { first.signal(SIGKILL) }
    let site = try AgentSite(Self.section("main", at: "http://127.0.0.1:\(relay.port)/dicom-web"))
    defer { site.program.clean() }
    let agent = try await site.start()
    // Which of the two depends on how far a request was when the wire broke.
    try await site.says(
      #/\npull main .*(?:closed the connection before|cannot be reached: connection re)/#, "status")
    #expect(await first.end() == 128 + SIGKILL)
    let store = try Store(home: site.program.home)
    let half = try await Self.instances(in: store) { !$0.isEmpty }
    #expect(half.count < objects.count)

    let second = try await archive.start()
    let all = try await Self.instances(in: store) { $0.count >= objects.count }
    #expect(all.map(\.uid).sorted() == objects.map(\.uid).sorted())
    for object in objects {
      let kept = try #require(all.first { $0.uid == object.uid })
      #expect(try store.object(kept.digest) == object.file)
    }
    try await site.says(#/\npull main +\S+ +\d+ *\n/#, "status")
    withExtendedLifetime(relay) {}
    agent.signal(SIGTERM)
    #expect(await agent.end(within: .seconds(60)) == 0)
    second.signal(SIGTERM)
    _ = await second.end()
  }

  @Test("each archive that cannot be used is named in status with what is wrong, and holds up none")
  func wrongSettings() async throws {
    try await SecureOrthanc.running { orthanc in
      try await orthanc.store(SharedFiles.image)
      let wrong = orthanc.folder.appending(path: "wrong")
      try Data("no horse\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      let page = try WebPage(in: orthanc.folder)
      let late = freePort()
      let place = "https://127.0.0.1:\(orthanc.https)"
      let trust = "authorities = \"\(orthanc.authority.path)\"\n"
      let user = "user = \"reader\"\npassword_file = \"\(orthanc.password.path)\"\n"
      let site = try AgentSite(
        Self.section("down", at: "http://127.0.0.1:\(late)/dicom-web")
          + Self.section("page", at: "http://127.0.0.1:\(page.port)/dicom-web")
          + Self.section("elsewhere", at: "\(place)/wrong", trust + user)
          + Self.section(
            "secret", at: "\(place)/dicom-web",
            trust + "user = \"reader\"\npassword_file = \"\(wrong.path)\"\n")
          + Self.section(
            "stranger", at: "\(place)/dicom-web",
            "authorities = \"\(orthanc.stranger.path)\"\n" + user)
          + Self.section("good", at: "\(place)/dicom-web", trust + user))
      defer { site.program.clean() }
      let agent = try await site.start()
      try await site.says(#/"source" : "good"/#, "worklist", "--json")
      for pattern in [
        #/\npull down .*cannot be reached: connection refused/#,
        #/\npull page .*does not answer with DICOM JSON/#,
        #/\npull elsewhere .*does not have what was asked for \(HTTP 404\)/#,
        #/\npull secret .*refuses our credentials \(HTTP 401\)/#,
        #/\npull stranger .*shows a certificate that does not prove who it is/#,
      ] { try await site.says(pattern, "status") }
      // What was down comes up, and is asked without anybody's doing.
      let relay = try Relay(to: page.port, at: late)
      try await site.says(#/\npull down .*does not answer with DICOM JSON/#, "status")
      withExtendedLifetime(relay) {}
      agent.signal(SIGTERM)
      #expect(await agent.end(within: .seconds(60)) == 0)
      await page.stop()
    }
  }

  @Test("orders stay when the worklist is down, and status says that it is")
  func worklistDown() async throws {
    try await PlannedExaminations.running { worklist in
      let site = try AgentSite(
        "[worklist]\nhost = \"127.0.0.1\"\nport = \(worklist.port)\nae_title = \"RIS\"\nevery = 5\n"
      )
      defer { site.program.clean() }
      let agent = try await site.start()
      try await site.says(#/\norders +1 without an image/#, "status")
      await worklist.stop()
      try await site.says(
        #/\norders +\S+T\S+ +\d+ +worklist “RIS” \(127.0.0.1:\d+\) \S+/#, "status")
      try await site.says(#/\norders +1 without an image/#, "status")
      agent.signal(SIGTERM)
      #expect(await agent.end(within: .seconds(60)) == 0)
    }
  }

  /// An archive's section of the configuration.
  private static func section(_ name: String, at url: String, _ settings: String = "") -> String {
    "[[pacs]]\nname = \"\(name)\"\nurl = \"\(url)\"\nevery = 5\ndays = 36500\n\(settings)\n"
  }

  /// Waits until the store's objects are as wanted, and answers them.
  private static func instances(
    in store: Store, where isEnough: ([Instance]) -> Bool
  ) async throws -> [Instance] {
    var found: [Instance] = []
    for _ in 0..<600 {
      found = try store.worklist().flatMap { try store.instances(of: $0.id) }
      if isEnough(found) { return found }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("only \(found.count) objects came")
    return found
  }
}

/// A web server that has one page for everybody and knows nothing of DICOM.
private struct WebPage {
  let port = freePort()
  private let server: Launched

  init(in folder: URL) throws {
    let script = folder.appending(path: "page.sh")
    try Data(
      #"""
      while read -r line && [ "${#line}" -gt 1 ]; do :; done
      printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n'
      printf 'Connection: close\r\n\r\n<html>'
      """#.utf8
    ).write(to: script)
    server = try Tool(
      executable: URL(filePath: "/usr/bin/socat"),
      arguments: [
        "TCP-LISTEN:\(port),bind=127.0.0.1,fork,reuseaddr", "EXEC:/bin/sh \(script.path)",
      ]
    ).launch(writingTo: folder.appending(path: "page-log"))
  }

  func stop() async {
    server.signal(SIGTERM, toGroup: true)
    _ = await server.end()
  }
}

import Foundation
import Glibc
import Radiology
import Store
import TestSupport
import Testing

/// The agent and systems that take messages are killed again and again; they note all that comes.
@Suite(.enabled(if: KeepingPeer.isHere, "needs /usr/bin/python3"))
struct RepeatedSendingTests {
  @Test(
    "200 HL7 and FHIR documents, all ends killed at random: each is filed once, and what came again came under the same identifier"
  )
  func repeated() async throws {
    var random = Seeded(20_261_128)
    let peers = try [KeepingPeer(.mllp), KeepingPeer(.fhir)]
    defer { for peer in peers { peer.clean() } }
    let site = try await DeliveringSite(
      studies: 100, peers.map(\.destination).joined())
    defer { site.program.clean() }

    var running: [Launched] = []
    for peer in peers { running.append(try await peer.start()) }
    var agent = try site.launch()
    var kills = 0
    let deadline = ContinuousClock.now + .seconds(900)
    while try site.store.outbox([.delivered]).count < 200 {
      guard ContinuousClock.now < deadline else {
        Issue.record("\(try site.items().filter { $0.state != .delivered })")
        break
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 100...900, using: &random)))
      kills += 1
      // An agent that dies before it has begun would never be done.
      let victims = kills < 24 ? peers.count + 1 : peers.count
      let victim = Int.random(in: 0..<victims, using: &random)
      if victim == peers.count {
        agent.signal(SIGKILL)
        _ = await agent.end()
        agent = try site.launch()
      } else {
        running[victim].signal(SIGKILL)
        _ = await running[victim].end()
        running[victim] = try await peers[victim].start()
      }
    }
    // The last one may have been started a moment ago.
    let end = Date()
    while try !site.hasTurned(since: end), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(100))
    }
    agent.signal(SIGTERM)
    #expect(await agent.end(within: .seconds(600)) == 0)
    #expect(kills > 3)

    for peer in peers {
      let items = try site.items().filter { $0.destination == peer.kind.rawValue }
      #expect(items.count == 100 && items.allSatisfy { $0.state == .delivered })
      let (came, filed) = try peer.kept()
      // Every document is there, once, and is the one that was frozen.
      #expect(Set(filed.map(\.digest)) == Set(items.compactMap(\.digest)))
      #expect(filed.count == 100 && Set(filed.map(\.identifier)).count == 100)
      // One whose answer was lost comes again. The receiver can tell, as it is the same to the byte.
      #expect(Set(came) == Set(filed))
      // A kill breaks off one document on its way to a destination, and nothing else is sent twice.
      #expect(came.count - filed.count <= kills, "\(came.count) came to \(peer.kind)")
    }
    for process in running {
      process.signal(SIGKILL)
      _ = await process.end()
    }
  }

  @Test("a preliminary report whose sending broke off is never sent after the signed one")
  func preliminary() async throws {
    let peer = try ScriptedInterface { message, _ in
      message.contains("Normal, so far") ? .reset : .file("AA")
    }
    let site = try await DeliveringSite(
      """
      [[destination]]
      name = "ris"
      kind = "mllp"
      host = "127.0.0.1"
      port = \(peer.port)
      states = ["preliminary", "final", "addendum"]
      first_wait = 1
      longest_wait = 1

      """)
    defer { site.program.clean() }
    let study = "\(site.studies[0]).7"
    let folder = site.program.folder.appending(path: "one")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try GeneratedObject(1, of: study, side: 16).file.write(to: folder.appending(path: "a"))
    #expect(try await site.program.run("import", folder.path, "--no-triage").status == 0)
    let date = Date()
    let review = Review(
      study: study, reader: "Dr Osei", call: .normal, findings: [], model: nil, started: date)
    let section = Report.Section(key: "impression", title: "Impression", text: "Normal, so far.")
    let draft = Report(study: study, sections: [section], author: "Dr Osei", changed: date)
    try site.store.givePreliminary(draft, review: review, by: "Dr Osei", at: date)
    #expect(try await site.deliver().status != 0)
    #expect(try site.store.outbox(of: study).map(\.isUncertain) == [true])

    try site.sign(study)
    for _ in 0..<100 where try site.store.outbox([.delivered], of: study).isEmpty {
      _ = try await site.deliver()
      try await Task.sleep(for: .milliseconds(200))
    }
    let items = try site.store.outbox(of: study)
    #expect(items.map(\.state) == [.superseded, .delivered], "\(items)")
    // The preliminary one did not come again, nor did any other.
    #expect(peer.received.count >= 2 && Set(peer.received).count == peer.received.count)
    let explained = try await site.program.run("outbox", "--explain", "\(items[0].number)")
    #expect(explained.output.contains("may have it besides the newer version"), "\(explained)")
    #expect(explained.output.contains("A newer version took its place."), "\(explained)")
  }

  @Test("an HL7 receiver that is killed before it acknowledges gets the same message once more")
  func withoutAcknowledgement() async throws {
    let peer = try ScriptedInterface { _, count in count == 1 ? .reset : .file("AA") }
    let site = try await DeliveringSite(
      """
      [[destination]]
      name = "ris"
      kind = "mllp"
      host = "127.0.0.1"
      port = \(peer.port)
      first_wait = 1
      longest_wait = 1

      """)
    defer { site.program.clean() }
    #expect(try await site.deliver().status != 0)
    let item = try #require(try site.items().first)
    #expect(item.state == .waiting && item.code == .silent && item.isUncertain)
    let explained = try await site.program.run("outbox", "--explain", "\(item.number)")
    #expect(explained.output.contains("may have it already"), "\(explained)")
    for _ in 0..<100 where try site.items().first?.state != .delivered {
      try await Task.sleep(for: .milliseconds(200))
      _ = try await site.deliver()
    }
    #expect(try site.items().first?.state == .delivered)
    #expect(peer.received.count == 2 && Set(peer.received).count == 1 && peer.filed.count == 1)
  }
}

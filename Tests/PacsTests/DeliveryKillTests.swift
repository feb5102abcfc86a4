import Foundation
import Glibc
import Radiology
import Store
import TestSupport
import Testing

/// The agent and the archive are killed again and again while reports are on their way.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK))
struct DeliveryKillTests {
  @Test("200 deliveries, both ends killed at random: every document is there exactly once")
  func exactlyOnce() async throws {
    var random = Seeded(20_261_127)
    let archive = try Archive(dicom: true)
    defer { archive.clean() }
    let ward = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: ward) }
    let site = try await DeliveringSite(
      studies: 50,
      DeliveringSite.dicom("pacs", archive.dicom) + DeliveringSite.stow("web", archive.http) + """
        [[destination]]
        name = "ward"
        kind = "folder"
        folder = "\(ward.path)"
        formats = ["text", "sr"]

        """)
    defer { site.program.clean() }

    var peer = try await archive.start()
    var agent = try site.launch()
    var kills = 0
    let deadline = ContinuousClock.now + .seconds(900)
    while try site.isUnderWay(of: 200) {
      guard ContinuousClock.now < deadline else {
        Issue.record("\(try site.items().filter { $0.state != .delivered })")
        break
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 150...1_500, using: &random)))
      guard kills < 20 else { continue }
      kills += 1
      if Bool.random(using: &random) {
        agent.signal(SIGKILL)
        _ = await agent.end()
        agent = try site.launch()
      } else {
        peer.signal(SIGKILL)
        _ = await peer.end()
        peer = try await archive.start()
      }
    }
    agent.signal(SIGTERM)
    #expect(await agent.end(within: .seconds(60)) == 0)

    let items = try site.items().filter { $0.state != .needless }
    #expect(items.count == 200 && kills > 3)
    #expect(items.allSatisfy { $0.state == .delivered })
    let orthanc = Orthanc(http: archive.http, dicom: archive.dicom, peer: 0)
    let reports = try await orthanc.reports()
    #expect(reports.count == 50 && Set(reports).count == 50)
    let files = try FileManager.default.contentsOfDirectory(atPath: ward.path)
    // What a kill leaves half written is hidden and no document.
    #expect(files.count { !$0.hasPrefix(".") } == 100)
    for item in items where item.destination == "ward" {
      let name = try #require(item.fileName)
      let there = try Data(contentsOf: ward.appending(path: name))
      #expect(try there == site.store.object(#require(item.digest)))
    }
    #expect(try await site.program.run("audit", "--verify").status == 0)
    peer.signal(SIGTERM)
    _ = await peer.end()
  }
}

extension DeliveringSite {
  /// Whether fewer than so many documents got where they belong.
  fileprivate func isUnderWay(of count: Int) throws -> Bool {
    try store.outbox([.delivered]).count < count
  }
}

import DICOM
import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Reports on their way to real archives.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK))
struct DeliveryTests {
  @Test("a signed report is in the archive's study once, by C-STORE and by STOW-RS, and verified")
  func archive() async throws {
    try await Orthanc.running { orthanc in
      let site = try await DeliveringSite(
        DeliveringSite.dicom("pacs", orthanc.dicom) + DeliveringSite.stow("web", orthanc.http))
      defer { site.program.clean() }
      let dry = try await site.program.run("export", site.studies[0], "--dry-run")
      #expect(dry.status == 0 && dry.output.contains("would go"), "\(dry)")
      #expect(try site.items().isEmpty)
      let checked = try await site.program.run("peer", "check")
      #expect(checked.status == 0 && checked.output.contains("delivery"), "\(checked)")

      let delivered = try await site.deliver()
      #expect(delivered.status == 0, "\(delivered)")
      let reports = try site.items().filter { $0.format == .sr }
      #expect(reports.count == 2 && reports.allSatisfy { $0.state == .delivered && $0.isVerified })
      // A normal report has no region that the other two could show.
      #expect(try site.items().count { $0.state == .needless } == 4)
      // The second of the two finds it there already, by its UID.
      #expect(try await orthanc.reports().count == 1)
      try site.sign(site.studies[0], addendum: "A rib, seen again.")
      #expect(try await site.deliver().status == 0)
      #expect(try await orthanc.reports().count == 2)
      #expect(try await site.deliver().output.contains("deliver pacs: 0 done"))
      let found = try await orthanc.rest(
        "/dicom-web/studies?StudyInstanceUID=\(site.studies[0])&includefield=00080061")
      #expect(String(decoding: found, as: UTF8.self).contains("\"SR\""))
      #expect(try await site.program.run("outbox").output.contains("Nothing waits"))
      #expect(try await site.program.run("audit", "--verify").status == 0)
    }
  }

  @Test("the archive that has the study of another patient by now gets nothing")
  func merged() async throws {
    try await Orthanc.running { orthanc in
      let site = try await DeliveringSite(
        DeliveringSite.dicom("pacs", orthanc.dicom) + DeliveringSite.stow("web", orthanc.http))
      defer { site.program.clean() }
      let merged = try GeneratedObject(1, of: site.studies[0], side: 16, patient: "MERGED")
      _ = try await orthanc.rest("/instances", post: merged.file)
      #expect(try await site.deliver().status != 0)
      #expect(try await orthanc.reports().isEmpty)
      let dead = try site.items()
      #expect(dead.allSatisfy { $0.state == .dead && $0.code == .patientChanged }, "\(dead)")
      let listed = try await site.program.run("outbox", "--dead")
      #expect(listed.output.contains("another patient") && listed.isPlain, "\(listed)")
      let explained = try await site.program.run("outbox", "--explain", "\(dead[0].number)")
      #expect(explained.output.contains("See whose images these are"), "\(explained)")
      #expect(try await site.program.run("outbox", "--all-dead").status != 0)
      // Among all of them nobody has looked at one.
      let all = try await site.program.run("outbox", "--all-dead", "--as", "Dr Osei")
      #expect(all.status != 0 && all.output.contains("its patient is in doubt"), "\(all)")
      let retries = dead.flatMap { ["--retry", "\($0.number)"] }
      let named = try await site.program.run(
        Program.executable, ["outbox", "--as", "Dr Osei"] + retries)
      #expect(named.status == 0, "\(named)")
      #expect(try await site.deliver().status == 0)
      #expect(try await orthanc.reports().count == 1)
    }
  }

  @Test("a peer that cannot be asked is believed and noted as such; what is sent is what we made")
  func storescp() async throws {
    try await StoringPeer.running { peer in
      let site = try await DeliveringSite(
        DeliveringSite.dicom("scp", peer.port, called: "ANY"))
      defer { site.program.clean() }
      let outcome = try await site.deliver()
      #expect(outcome.status == 0, "\(outcome)")
      let item = try #require(try site.items().first)
      #expect(item.state == .delivered && !item.isVerified)
      let files = try peer.files()
      #expect(files.count == 1)
      let sent = try site.store.object(#require(item.digest))
      let arrived = try DICOMFile.read(Data(contentsOf: #require(files.first)))
      #expect(try arrived.dataSet == DICOMFile.read(sent).dataSet)
    }
  }

  @Test("a peer that takes no such object makes a dead letter at once, which names the object")
  func notTaken() async throws {
    try await StoringPeer.running(onlyCT: true) { peer in
      let site = try await DeliveringSite(
        DeliveringSite.dicom("ct", peer.port, called: "ANY"))
      defer { site.program.clean() }
      #expect(try await site.deliver().status != 0)
      let item = try #require(try site.items().first)
      #expect(item.state == .dead && item.code == .notTaken && item.attempts == 1)
      #expect(item.reason?.contains("does not offer Comprehensive3DSR") == true, "\(item)")
    }
  }

  @Test("a destination that is away holds up no other, and gets it when it is back")
  func away() async throws {
    let port = freePort()
    let site = try await DeliveringSite(
      DeliveringSite.dicom("pacs", port) + """
        [[destination]]
        name = "ward"
        kind = "folder"
        folder = "."
        formats = ["text"]

        """)
    defer { site.program.clean() }
    let outcome = try await site.deliver()
    #expect(outcome.status != 0 && outcome.output.contains("deliver ward: 1 done"), "\(outcome)")
    let item = try #require(try site.items().first { $0.destination == "pacs" })
    #expect(item.state == .waiting && item.code == .unreachable && item.due > item.changed)
    let status = try await site.program.run("status")
    #expect(status.output.contains("Nobody listens there"), "\(status)")
    let explained = try await site.program.run("outbox", "--explain", "\(item.number)")
    #expect(explained.output.contains("secondlook peer check"), "\(explained)")
    #expect(try await site.program.run("peer", "check").status != 0)
  }

  @Test("with a mistake in the configuration nothing is sent at all")
  func mistake() async throws {
    let site = try await DeliveringSite("")
    defer { site.program.clean() }
    try site.configure("[[destination]]\nname = \"x\"\nkind = \"dicom\"\nhost = \"h\"\n")
    let outcome = try await site.deliver()
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("line 1: [destination] port is missing"), "\(outcome)")
    #expect(try site.items().isEmpty)
  }
}

/// DCMTK's `storescp`, which stores and answers no question.
struct StoringPeer {
  let port: UInt16
  let folder: URL

  /// One that takes nothing but CT images.
  private static let onlyCT = """
    [[TransferSyntaxes]]
    [Implicit]
    TransferSyntax1 = LittleEndianImplicit
    [[PresentationContexts]]
    [Only]
    PresentationContext1 = VerificationSOPClass\\Implicit
    PresentationContext2 = CTImageStorage\\Implicit
    [[Profiles]]
    [Default]
    PresentationContexts = Only
    """

  static func running<Result>(
    onlyCT: Bool = false, _ body: (StoringPeer) async throws -> Result
  ) async throws -> Result {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let peer = StoringPeer(port: freePort(), folder: folder.appending(path: "files"))
    try FileManager.default.createDirectory(
      at: peer.folder, withIntermediateDirectories: true)
    let profile = folder.appending(path: "profile")
    try Data(Self.onlyCT.utf8).write(to: profile)
    let process = try Tool(
      executable: URL(filePath: "/usr/bin/storescp"),
      arguments: ["+B", "-od", peer.folder.path]
        + (onlyCT ? ["-xf", profile.path, "Default"] : []) + ["\(peer.port)"]
    ).launch(writingTo: folder.appending(path: "log"))
    let result: Swift.Result<Result, any Error>
    do {
      for _ in 0..<600 {
        if try await run("echoscu", "127.0.0.1", "\(peer.port)").status == 0 { break }
        try await Task.sleep(for: .milliseconds(50))
      }
      result = .success(try await body(peer))
    } catch {
      result = .failure(error)
    }
    process.signal(SIGKILL)
    _ = await process.end()
    return try result.get()
  }

  func files() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }
}

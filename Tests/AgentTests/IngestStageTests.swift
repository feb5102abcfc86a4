import Foundation
import Logging
import Radiology
import Store
import Testing

@testable import Agent

@Suite struct IngestStageTests {
  let site: Site
  init() throws { site = try Site() }

  @Test("what the store holds leaves the inbox; what it could not keep goes to refused")
  func nothingLost() async throws {
    try site.deliver(Files.dicom(), as: "a.dcm")
    try site.deliver(Data("noise".utf8), as: "b.dcm")
    for name in ["c.dcm", "sub/c.dcm"] {
      try Files.tooLarge(at: site.deliver(Data(), as: name))
    }
    let stage = site.ingesting
    #expect(try await stage.drain() == 4)
    #expect(try await stage.drain() == 0)
    #expect(site.names(in: "inbox") == ["refused", "sub"])
    #expect(site.names(in: "inbox/refused") == ["c.dcm", "2 c.dcm"])
    #expect(try site.store.worklist().count == 4)
    #expect(try site.store.worklist().count { $0.triageClass == .failed } == 3)
  }

  @Test("a file that still grows is left alone, also beside a manifest")
  func growing() async throws {
    try site.deliver(
      Files.manifest("a.png,normal,p1,x,PA", "b.png,normal,p2,x,PA"), as: "manifest.csv")
    try site.deliver(Files.png(grey: 1), as: "a.png")
    let growing = try site.deliver(Files.png(grey: 2), as: "b.png")
    try touch(growing, Date() + 3_600)
    let stage = site.ingesting
    #expect(try await stage.drain() == 1)
    #expect(site.names(in: "inbox") == ["manifest.csv", "b.png"])
    try touch(growing, Date())
    #expect(try await stage.drain() == 1)
    #expect(try site.store.worklist().map(\.readable) == [1, 1])
  }

  @Test("pictures wait for a manifest that still grows")
  func growingManifest() async throws {
    let manifest = try site.deliver(
      Files.manifest("a.png,normal,p1,x,PA"), as: "manifest.csv")
    try site.deliver(Files.png(), as: "a.png")
    try touch(manifest, Date() + 3_600)
    let stage = site.ingesting
    #expect(try await stage.drain() == 0)
    try touch(manifest, Date())
    #expect(try await stage.drain() == 1)
    #expect(try site.store.worklist().map(\.patient.name) == ["p1"])
  }

  @Test("manifest and other files stay and are no studies; a later picture finds its row")
  func stays() async throws {
    try site.deliver(
      Files.manifest("a.png,normal,p1,x,PA", "b.png,normal,p2,x,PA"), as: "manifest.csv")
    try site.deliver(Data("hello".utf8), as: "readme.txt")
    try site.deliver(Files.png(grey: 1), as: "a.png")
    let stage = site.ingesting
    #expect(try await stage.drain() == 1)
    try site.deliver(Files.png(grey: 2), as: "b.png")
    #expect(try await stage.drain() == 1)
    #expect(site.names(in: "inbox") == ["manifest.csv", "readme.txt"])
    #expect(Set(try site.store.worklist().map(\.patient.name)) == ["p1", "p2"])
    #expect(try site.store.worklist().allSatisfy { $0.readable == 1 })
  }

  @Test("only the owner can enter the inbox of the store or read what waits there")
  func permissions() async throws {
    let file = try site.deliver(Data("hello".utf8), as: "sub/readme.txt")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    _ = try await site.ingesting.drain()
    #expect(try mode(site.inbox) == "700")
    #expect(try mode(file.deletingLastPathComponent()) == "700")
    #expect(try mode(file) == "600")
  }

  @Test("a half file whose writer nobody saw is left until it is whole")
  func half() async throws {
    let bytes = try Files.dicom()
    let file = try site.deliver(bytes.prefix(200), as: "a.dcm")
    let written = Date()
    try touch(file, written)
    let stage = IngestStage(
      ingest: site.ingest, inbox: site.inbox,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { written + 2 * IngestStage.settling })
    #expect(try await stage.drain() == 0)
    #expect(try await stage.drain() == 0)
    #expect(try Data(contentsOf: file) == bytes.prefix(200))
    try bytes.write(to: file)
    try touch(file, written)
    #expect(try await stage.drain() == 1)
    #expect(try site.store.worklist().contains { $0.readable == 1 })
  }

  @Test("an inbox that holds the store, or lies among its files, is not emptied")
  func ownFiles() async throws {
    let store = site.home.appending(path: "store")
    let digest = try site.store.keep(Data("image".utf8))
    for place in [site.home, store, store.appending(path: "objects")] {
      let stage = IngestStage(
        ingest: site.ingest, inbox: place,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      await #expect(throws: AgentError.inboxIsStore(path: place.path)) { try await stage.drain() }
    }
    #expect(try site.store.object(digest) == Data("image".utf8))
  }

  @Test("an inbox that is gone is an error, not an empty one")
  func gone() async throws {
    let place = site.home.appending(path: "unmounted")
    let stage = IngestStage(
      ingest: site.ingest, inbox: place,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await #expect(throws: AgentError.nothingThere(path: place.path)) { try await stage.drain() }
  }

  private func touch(_ file: URL, _ date: Date) throws {
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
  }
}

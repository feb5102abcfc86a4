import Foundation
import Radiology
import Store
import Testing

@testable import Agent

@Suite struct SpoolStageTests {
  let site: Site
  init() throws { site = try Site() }

  private var home: URL { site.home.appending(path: "store") }
  private var stage: SpoolStage {
    SpoolStage(store: site.store, home: home) { [site] name in
      Ingest(
        store: site.store, pictures: site.pictures, source: name, patience: 60, isSpool: true)
    }
  }

  private func receive(_ bytes: Data, as name: String, from spool: String = "dicom") throws {
    let folder = SpoolStage.folder(in: home).appending(path: "\(spool)/arrived")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try bytes.write(to: folder.appending(path: name))
  }

  @Test("what was received leaves the spool once its row is stored, and is kept as it came")
  func received() async throws {
    let bytes = try Files.dicom()
    try receive(bytes, as: "1.dcm")
    #expect(try await stage.drain() == 1)
    #expect(site.names(in: "spool/dicom/arrived").isEmpty)
    let row = try #require(try site.store.worklist().first)
    #expect(row.study.source == "dicom")
    #expect(row.isArriving(at: Date()))
    let instance = try #require(try site.store.instances(of: row.id).first)
    #expect(try site.store.object(instance.digest) == bytes)
  }

  @Test("what cannot be read is a row with the reason, and nothing waits in the spool for ever")
  func refused() async throws {
    try receive(Data("noise".utf8), as: "1.dcm")
    try receive(Data(), as: "2.dcm", from: "archive")
    #expect(try await stage.drain() == 2)
    #expect(try await stage.drain() == 0)
    #expect(try site.store.worklist().map(\.triageClass) == [.failed, .failed])
  }

  @Test("the same object received twice is stored once")
  func twice() async throws {
    for name in ["1.dcm", "2.dcm"] { try receive(Files.dicom(), as: name) }
    #expect(try await stage.drain() == 2)
    try receive(Files.dicom(), as: "3.dcm")
    #expect(try await stage.drain() == 1)
    #expect(try site.store.worklist().map(\.instances) == [1])
  }

  @Test("what a crash left in the spool after its row was stored changes nothing")
  func crashed() async throws {
    try receive(Files.dicom(), as: "1.dcm")
    let file = SpoolStage.folder(in: home).appending(path: "dicom/arrived/1.dcm")
    let walk = FileWalk(spool: file.deletingLastPathComponent(), most: 10)
    let ingest = Ingest(
      store: site.store, pictures: site.pictures, source: "dicom", isSpool: true)
    _ = try await ingest.take(walk)
    #expect(FileManager.default.fileExists(atPath: file.path))
    let before = try site.store.worklist()
    #expect(try await stage.drain() == 1)
    #expect(try site.store.worklist() == before)
  }
}

/// What a receiver noted, on its way into the log.
@Suite struct ReceiverEventTests {
  let site: Site
  init() throws { site = try Site() }

  private func note(_ number: Int, _ kind: String, calling: String, failed: Int = 0) throws {
    let folder = SpoolStage.folder(in: site.home.appending(path: "store"))
      .appending(path: "\(SpoolStage.receiver)/events")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let event = """
      {"time": "2026-11-27T08:15:00.123Z", "kind": "\(kind)", "calling": "\(calling)",
      "called": "SECONDLOOK", "address": "10.0.0.7", "stored": 0, "failed": \(failed), "bytes": 0,
      "reason": "It is not on the list"}
      """
    try Data(event.utf8).write(to: folder.appending(path: "\(number).json"))
  }

  private func drain() async throws {
    let stage = SpoolStage(store: site.store, home: site.home.appending(path: "store")) {
      [site] in
      Ingest(store: site.store, pictures: site.pictures, source: $0, isSpool: true)
    }
    #expect(try await stage.drain() == 0)
  }

  @Test("the same refusal many times is one line of the log, and what went well is none")
  func grouped() async throws {
    for number in 0..<40 { try note(number, "refused", calling: "STRANGER") }
    try note(41, "association", calling: "MODALITY")
    try await drain()
    let log = try site.store.audit()
    #expect(log.map(\.actor) == ["STRANGER"])
    #expect(log.map(\.detail) == ["It is not on the list. (40 times)"])
    try await drain()
    #expect(try site.store.audit().count == 1)
  }

  @Test("many strangers cannot fill the log: what is too much is counted")
  func flooded() async throws {
    for number in 0..<200 { try note(number, "refused", calling: "STRANGER\(number)") }
    try await drain()
    let log = try site.store.audit()
    #expect(log.count == 51)
    #expect(log[0].detail == "150 more events found no room and are only counted.")
  }

  @Test("what is no event is said and removed")
  func unreadable() async throws {
    try note(1, "\u{1}\"", calling: "X")
    try await drain()
    #expect(try site.store.audit().map(\.detail) == ["An event could not be read."])
    #expect(site.names(in: "spool/\(SpoolStage.receiver)/events").isEmpty)
  }
}

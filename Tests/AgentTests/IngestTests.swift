import Foundation
import Radiology
import Store
import Testing

@testable import Agent

@Suite struct IngestTests {
  let site: Site
  let folder: URL

  init() throws {
    site = try Site()
    folder = try site.folder()
  }

  private func put(_ bytes: Data, _ name: String) throws {
    try bytes.write(to: folder.appending(path: name))
  }

  @Test("importing twice changes nothing, whatever is among the files")
  func twice() async throws {
    try put(Files.dicom(isDamaged: true), "a damaged")
    try put(Files.dicom(), "b whole")
    try put(Files.dicom(grey: 7), "c other content")
    try put(Files.dicom(object: "1.2.3.1.9", patient: "0815"), "d other patient")
    try put(Files.dicom(isDamaged: true).dropLast(9), "e cut short")
    try put(Files.png(), "f nameless.png")
    try put(Data("noise".utf8), "g noise")
    try Files.tooLarge(at: folder.appending(path: "h too large"))
    let first = try await site.ingest.take([folder])
    #expect(first.added == 1 && first.refused.count == 7)
    let worklist = try site.store.worklist()
    let log = try site.store.audit()
    let second = try await site.ingest.take([folder])
    #expect(second.unchanged == 1 && second.refused.map(\.file) == first.refused.map(\.file))
    #expect(try site.store.worklist() == worklist)
    #expect(try site.store.audit() == log)
  }

  @Test("of two files with one identifier the first is kept, even if it takes longer to read")
  func order() async throws {
    let large = try Files.dicom(side: 1_024)
    try put(large, "a")
    try put(Files.dicom(grey: 7), "b")
    let summary = try await site.ingest.take([folder])
    #expect(summary.refused.map(\.file) == ["b"])
    #expect(try site.store.instance("1.2.3.1.1")?.bytes == large.count)
  }

  @Test("what contradicts a stored object is a failed row with a reason of its own")
  func conflicts() async throws {
    try put(Files.dicom(), "a")
    try put(Files.dicom(grey: 7), "b")
    try put(Files.dicom(object: "1.2.3.1.9", patient: "0815"), "c")
    let summary = try await site.ingest.take([folder])
    #expect(
      summary.refused.map(\.reason) == [
        Store.Conflict.Reason.otherContent.text, Store.Conflict.Reason.otherPatient.text,
      ])
    let failed = try site.store.worklist().filter { $0.triageClass == .failed }
    #expect(Set(failed.map { $0.triage?.reason }) == Set(summary.refused.map(\.reason)))
    #expect(Set(failed.map(\.patient.identifier)) == ["4711", "0815"])
    #expect(try site.store.study(named: "ACC1.2.3").uid == "1.2.3")
    for row in failed {
      let instance = try #require(try site.store.instances(of: row.id).first)
      #expect(try site.store.object(instance.digest).count == instance.bytes)
    }
  }

  @Test("a good transfer takes the place of a damaged one, and the study is read again")
  func mended() async throws {
    try put(Files.dicom(isDamaged: true), "a")
    _ = try await site.ingest.take([folder])
    #expect(try site.store.worklist().map(\.triageClass) == [.failed])
    try put(Files.dicom(), "b")
    #expect(try await site.ingest.take([folder.appending(path: "b")]).added == 1)
    #expect(try await site.reading.drain() == 1)
    let row = try #require(try site.store.worklist().first)
    #expect(try site.store.worklist().count == 1)
    #expect(row.triageClass == .undetermined && row.readable == 1)
    #expect(try site.store.audit().contains { $0.detail.contains("took the place") })
  }

  @Test("a refused file needs no model to be failed, with its reason")
  func refusedAtOnce() async throws {
    try put(Data("noise".utf8), "noise")
    let summary = try await site.ingest.take([folder])
    let row = try #require(try site.store.worklist().first)
    #expect(row.triageClass == .failed && row.triage?.reason == summary.refused.first?.reason)
    #expect(try await site.reading.drain() == 0)
  }

  @Test("a file that is too large is a row that says so")
  func tooLarge() async throws {
    try Files.tooLarge(at: folder.appending(path: "film"))
    _ = try await site.ingest.take([folder])
    #expect(try site.reasons() == ["The file is larger than 1 GiB and was not stored."])
  }

  @Test(
    "a picture whose row was left out says why, and nothing the row says",
    arguments: [
      Files.manifest("a.png,DOE^JANE,p1,x,PA"),
      Files.manifest("a.png,DOE^JANE,p1,x,PA", "b.png,normal,p2,x,PA"),
    ])
  func leftOut(manifest: Data) async throws {
    try put(manifest, "manifest.csv")
    try put(Files.png(), "a.png")
    let summary = try await site.ingest.take([folder])
    #expect(
      summary.refused.map(\.reason) == [
        "Its row in manifest.csv was left out: its label is unknown; use normal, suspicious or "
          + "nothing."
      ])
    #expect(summary.complaints.contains { $0.contains("DOE^JANE") })
    #expect(try site.store.audit().allSatisfy { !$0.detail.contains("DOE") })
  }

  @Test("a picture that came without its manifest is taken when it comes with it")
  func manifestLater() async throws {
    try put(Files.png(), "a.png")
    #expect(try await site.ingest.take([folder]).refused.count == 1)
    _ = try site.store.worklist()
    try put(Files.manifest("a.png,normal,p1,north,PA"), "manifest.csv")
    #expect(try await site.ingest.take([folder]).added == 1)
    let row = try #require(try site.store.worklist().first)
    #expect(row.patient.name == "p1" && row.study.modality == "DX" && row.readable == 1)
    #expect(try site.store.series(of: row.id).map(\.modality) == ["DX"])
  }

  @Test("pictures that a manifest names and that are not there are listed")
  func missing() async throws {
    try put(
      Files.manifest("a.png,normal,p1,x,PA", "b.png,normal,p2,x,PA", "c/d.png,,p3,x,PA"),
      "manifest.csv")
    try put(Files.png(), "a.png")
    #expect(try await site.ingest.take([folder]).missing == ["b.png", "c/d.png"])
    #expect(try await site.ingest.take([folder.appending(path: "a.png")]).missing.isEmpty)
  }

  @Test("a folder without images is nothing to import")
  func empty() async throws {
    try put(Data("hello".utf8), "readme.txt")
    let error = await #expect(throws: AgentError.self) { try await site.ingest.take([folder]) }
    #expect(error?.description.hasPrefix("There is nothing to import in “") == true)
    #expect(try site.store.worklist().isEmpty)
  }
}

import Foundation
import Radiology
import Store
import Testing

@testable import Agent

@Suite("A support bundle")
struct SupportBundleTests {
  let site: Site

  init() async throws {
    site = try Site()
    let folder = try site.folder()
    try Files.dicom().write(to: folder.appending(path: "a"))
    try Files.dicom(study: "1.2.9", object: "1.2.9.1.1", isDamaged: true)
      .write(to: folder.appending(path: "b"))
    _ = try await site.ingest.take([folder])
  }

  private func bundle() throws -> [String: Any] {
    let bundle = try SupportBundle(of: site.store, version: "secondlook 9")
    return try #require(try JSONSerialization.jsonObject(with: bundle.json) as? [String: Any])
  }

  @Test("counts what happened, and why images were refused")
  func counts() throws {
    let bundle = try bundle()
    #expect(bundle["version"] as? String == "secondlook 9")
    #expect(bundle["studies"] as? Int == 2)
    #expect((bundle["events"] as? [String: Int])?["imported"] == 2)
    #expect((bundle["refusals"] as? [String: Int])?.values.reduce(0, +) == 1)
  }

  /// Texts of the program that somebody let a patient slip into.
  static let slips = [
    "Doe, Jane could not be read", "JANE DOE", "patient 4711 failed", "no object 1.2.3.1.1",
    "ACC1.2.3 is missing",
  ]

  /// One more image, of somebody nobody knows, that was refused with this reason.
  private func refuse(_ reason: String) throws {
    let patient = Patient(identifier: "", name: "", birthDate: "", fallback: "2.25.8")
    let study = Study(uid: "2.25.8", patient: patient.id, arrived: Date())
    let image = Instance(
      uid: "2.25.8.1.1", series: "2.25.8.1", study: study.uid, rows: 0, columns: 0, format: .dicom,
      digest: "d", bytes: 1, refusal: reason)
    try site.store.save(
      Store.Intake(
        patient: patient, study: study, series: [Series(uid: "2.25.8.1", study: study.uid)],
        instances: [image]))
  }

  @Test("is not made where a reason names somebody", arguments: slips)
  func refused(slip: String) throws {
    try refuse(slip)
    #expect(throws: AgentError.identityInBundle) {
      try SupportBundle(of: site.store, version: "secondlook 9")
    }
  }

  @Test("is made where a number only looks alike", arguments: ["147110 bytes", "Jane is a name"])
  func passes(reason: String) throws {
    try refuse(reason)
    #expect((try bundle()["refusals"] as? [String: Int])?[reason] == 1)
  }

  @Test("says which kinds of stages failed, and no folder, archive, host or reason")
  func stages() throws {
    let store = site.store
    let reason = "pacs.gruenau.example:11112 refused; /srv/DOE JANE/a.dcm is not sent"
    try Heartbeat(done: 3, error: nil).save(for: "read", in: store)
    try Heartbeat(done: 0, error: reason).save(for: "pull gruenau-archive", in: store)
    try Heartbeat(done: 7, error: nil).save(for: "pull hauptarchiv", in: store)
    try Heartbeat(done: 0, error: reason).save(for: "watch /srv/incoming/gruenau", in: store)
    try Heartbeat(done: 0, error: nil).save(for: "gruenau", in: store)
    let bundle = try SupportBundle(of: store, version: "secondlook 9")
    let text = String(decoding: bundle.json, as: UTF8.self)
    for word in ["gruenau", "hauptarchiv", "pacs", "srv", "DOE", "11112", "refused; "] {
      #expect(!text.contains(word), "\(word)")
    }
    let stages = try #require(try self.bundle()["stages"] as? [String: [[String: Any]]])
    #expect(Set(stages.keys) == ["read", "pull", "watch", "other"])
    #expect(stages["pull"]?.map { $0["failed"] as? Bool } == [true, false])
    #expect(stages["pull"]?.map { $0["done"] as? Int } == [0, 7])
    #expect(stages["read"]?.first?["failed"] as? Bool == false)
    #expect(stages["watch"]?.first?["failed"] as? Bool == true)
  }

  @Test("has the configuration without a word of it")
  func configuration() throws {
    let text = """
      # Spital Grünau
      [receive]
      port = 11112 # ours
      accept = ["CT_GRUENAU"]
      [[archive]]
      url = "https://pacs.gruenau.example"
      days = 7
      three = \"\"\"
      Grünau \"\"\"
      """
    #expect(
      SupportContent.wordless(text) == [
        "[receive]", "port = 11112", "accept = …", "[[archive]]", "url = …", "days = 7",
        "three = …",
      ])
  }

  @Test("is a file for its owner alone, and never replaces one")
  func file() throws {
    let bundle = try SupportBundle(of: site.store, version: "secondlook 9")
    let place = site.home.appending(path: "bundle.json")
    try bundle.write(to: place)
    #expect(try mode(place) == "600")
    #expect(throws: AgentError.self) { try bundle.write(to: place) }
  }
}

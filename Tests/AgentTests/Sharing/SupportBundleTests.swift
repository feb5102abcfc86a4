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

  @Test("is not made where a reason names somebody", arguments: slips)
  func refused(slip: String) throws {
    try Heartbeat(done: 0, error: slip).save(for: "read", in: site.store)
    #expect(throws: AgentError.identityInBundle) {
      try SupportBundle(of: site.store, version: "secondlook 9")
    }
  }

  @Test("is made where a number only looks alike", arguments: ["147110 bytes", "Jane is a name"])
  func passes(reason: String) throws {
    try Heartbeat(done: 0, error: reason).save(for: "read", in: site.store)
    _ = try bundle()
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

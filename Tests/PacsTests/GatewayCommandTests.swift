import DICOM
import Foundation
import TestSupport
import Testing

/// A person lists, pulls and checks peers from the command line.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK && SharedFiles.hasImage))
struct GatewayCommandTests {
  private static func configure(_ program: Program, _ text: String) throws {
    try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: program.home.appending(path: "secondlook.toml"))
  }

  private static func pacs(_ name: String, _ port: UInt16) -> String {
    "[[pacs]]\nname = \"\(name)\"\nurl = \"http://127.0.0.1:\(port)/dicom-web\"\n"
  }

  @Test("a study is listed, pulled, triaged and then known")
  func studyComesIn() async throws {
    let program = try Program()
    defer { program.clean() }
    let image = try Data(contentsOf: SharedFiles.image)
    let header = try DICOMFile.read(image).dataSet
    let uid = try #require(header.uid(.studyInstanceUID))
    let patient = try #require(header.string(.patientID))
    try await Orthanc.running { orthanc in
      _ = try await orthanc.rest("/instances", post: image)
      let nobody = Self.pacs("gone", freePort())
      try Self.configure(program, nobody + Self.pacs("main", orthanc.http))

      let listed = try await program.run("query", "--patient", patient, "--pacs", "main")
      #expect(listed.status == 0, "\(listed)")
      #expect(listed.output.contains(try Regex("main .* 0 +1 +\(uid)")), "\(listed)")
      #expect(listed.isPlain)

      let pulled = try await program.run("pull", uid)
      #expect(pulled.status == 0, "\(pulled)")
      #expect(pulled.output.contains("PACS main: 1 new, 0 known, 0 refused, 0 missing of 1 object"))
      #expect(pulled.output.contains("1 file taken in"))
      let worklist = try await program.run("worklist", "--json")
      #expect(worklist.output.contains(uid))

      let again = try await program.run("pull", uid, "--no-triage")
      #expect(again.status == 0, "\(again)")
      #expect(again.output.contains("PACS main: 0 new, 1 known"))

      // The archive that does not answer is told, and hides nothing of the other.
      let both = try await program.run("query", "--patient", patient, "--json")
      #expect(both.status == 1, "\(both)")
      #expect(both.output.contains("\"here\" : 1") && both.output.contains("connection refused"))

      let unknown = try await program.run("pull", "1.2.3.4.5", "--pacs", "main")
      #expect(unknown.status == 1 && unknown.output.contains("does not have this study"))
    }
  }

  @Test("every peer that answers is ok, and one that does not makes the check fail")
  func check() async throws {
    let program = try Program()
    defer { program.clean() }
    try await Orthanc.running { orthanc in
      let worklist =
        "[worklist]\nhost = \"127.0.0.1\"\nport = \(orthanc.dicom)\nae_title = \"ORTHANC\"\n"
      try Self.configure(program, Self.pacs("main", orthanc.http) + worklist)
      let good = try await program.run("peer", "check")
      #expect(good.status == 0, "\(good)")
      #expect(good.output.contains(#/main +search +ok/#))
      #expect(good.output.contains(#/ORTHANC +worklist +ok/#))

      let receiver = "[receive]\nport = \(freePort())\naccept = [\"XRAY\"]\n"
      try Self.configure(program, receiver + Self.pacs("main", orthanc.http) + worklist)
      let bad = try await program.run("peer", "check", "--json")
      #expect(bad.status == 1, "\(bad)")
      #expect(bad.output.contains("\"service\" : \"receiver\""))
      #expect(bad.output.contains("\"ok\" : false") && bad.output.contains("\"ok\" : true"))
    }
  }

  @Test("a mistake in the configuration is named, and nothing is asked")
  func mistake() async throws {
    let program = try Program()
    defer { program.clean() }
    try Self.configure(
      program, "[[pacs]]\nname = \"main\"\nurl = \"http://127.0.0.1:1\"\nport = 1\n")
    for words in [["query"], ["pull", "1.2.3"], ["peer", "check"]] {
      let outcome = try await program.run(Program.executable, words)
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.output.contains("secondlook.toml, line 4: [pacs] port is not known"))
      #expect(outcome.output.contains("Nothing was started."))
    }
  }
}

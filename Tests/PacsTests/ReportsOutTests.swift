import DICOM
import Foundation
import Radiology
import Store
import Synchronization
import TestSupport
import Testing

/// The whole way: what was ordered, taken, read and signed comes back to everybody who waits for it.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK && SharedFiles.hasImage))
struct ReportsOutTests {
  @Test(
    "an order is followed from the worklist to the archive, the FHIR server and the HL7 interface")
  func loop() async throws {
    let fhir = try FHIRKeeper()
    let ris = try ScriptedInterface { _, _ in .file("AA") }
    try await PlannedExaminations.running { worklist in
      try await Orthanc.running { orthanc in
        let site = try AgentSite(
          Self.worklist(worklist.port) + DeliveringSite.dicom("pacs", orthanc.dicom) + """
            [[destination]]
            name = "record"
            kind = "fhir"
            url = "http://127.0.0.1:\(fhir.server.port)/fhir"
            [[destination]]
            name = "ris"
            kind = "mllp"
            host = "127.0.0.1"
            port = \(ris.port)

            """)
        defer { site.program.clean() }
        _ = try await orthanc.rest("/instances", post: Data(contentsOf: SharedFiles.image))
        let agent = try await site.start()
        let sent = try await run(
          "dcmsend", "-aet", "MODALITY", "-aec", "SECONDLOOK", "127.0.0.1", "\(site.port)",
          SharedFiles.image.path)
        #expect(sent.status == 0, "\(sent)")
        try await site.says(#/"state" : "unread"/#, "worklist", "--json")
        try await site.says(#/"priority" : "stat"/#, "show", "#1", "--json")
        for words in [
          ["review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei"],
          ["sign", "ACC0001", "--as", "Dr Osei"],
        ] {
          let done = try await site.program.run(Program.executable, words)
          #expect(done.status == 0, "\(done)")
        }
        let store = try Store(home: site.program.home)
        for _ in 0..<600 where try store.outbox([.delivered]).count < 5 {
          try await Task.sleep(for: .milliseconds(100))
        }
        let items = try store.outbox()
        #expect(items.count == 5 && items.allSatisfy { $0.state == .delivered }, "\(items)")
        #expect(items.filter { $0.destination != "ris" }.allSatisfy { $0.isVerified }, "\(items)")

        let image = try DICOMFile.read(Data(contentsOf: SharedFiles.image))
        let study = try #require(image.dataSet.uid(.studyInstanceUID))
        let found = try await orthanc.rest(
          "/dicom-web/studies/\(study)/series?includefield=00080060")
        let text = String(decoding: found, as: UTF8.self)
        #expect(["\"SR\"", "\"PR\"", "\"KO\""].allSatisfy(text.contains), "\(text)")
        #expect(fhir.documents.count == 1 && ris.filed.count == 1)
        agent.signal(SIGTERM)
        #expect(await agent.end(within: .seconds(60)) == 0)
      }
    }
  }

  private static func worklist(_ port: UInt16) -> String {
    "[worklist]\nhost = \"127.0.0.1\"\nport = \(port)\nae_title = \"RIS\"\nevery = 5\n"
  }
}

/// A FHIR server that keeps each document once, by its identifier.
final class FHIRKeeper: Sendable {
  let server: ScriptedServer
  /// By the condition they came with.
  var documents: Set<String> { Self.conditions(server.requests) }

  init() throws {
    let kept = Mutex<Set<String>>([])
    server = try ScriptedServer { request in
      if request.lines.first?.hasPrefix("POST") == true {
        kept.withLock { $0.formUnion(Self.conditions([request])) }
        return .answer(201)
      }
      let query = request.target.split(separator: "?").last.map(String.init) ?? ""
      guard kept.withLock({ $0.contains(query) }) else {
        return .answer(200, body: Array(#"{"resourceType": "Bundle", "total": 0}"#.utf8))
      }
      let words = (query.dropFirst("identifier=".count).removingPercentEncoding ?? "")
        .split(separator: "|")
      let found =
        #"{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Bundle", "#
        + #""identifier": {"system": "\#(words[0])", "value": "\#(words[1])"}}}]}"#
      return .answer(200, body: Array(found.utf8))
    }
  }

  private static func conditions(_ requests: [ScriptedServer.Request]) -> Set<String> {
    Set(
      requests.compactMap { request in
        request.lines.first { $0.lowercased().hasPrefix("if-none-exist:") }?
          .split(separator: " ").last.map(String.init)
      })
  }
}

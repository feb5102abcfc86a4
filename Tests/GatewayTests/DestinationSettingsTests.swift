import Foundation
import Radiology
import Testing

@testable import Gateway

@Suite("Where documents go, as the configuration says")
struct DestinationSettingsTests {
  private func read(_ text: String, in folder: URL) throws(ConfigurationError) -> Configuration {
    try Configuration.read(text, file: folder.appending(path: "secondlook.toml"))
  }

  @Test("every kind is read with what it needs, and the rest has its usual value")
  func kinds() throws {
    let folder = try TestFolder()
    let configuration = try read(
      """
      [[destination]]
      name = "pacs"
      kind = "dicom"
      host = "pacs.example"
      port = 104
      ae_title = "PACS"
      modalities = ["DX"]
      states = ["preliminary", "final"]
      since = "2026-11-27"
      first_wait = 2
      longest_wait = 30
      give_up_after = 1
      attempts = 9
      verify = false
      [[destination]]
      name = "web"
      kind = "stow"
      url = "http://127.0.0.1:8042/dicom-web/"
      [[destination]]
      name = "ward"
      kind = "folder"
      folder = "out"
      formats = ["text"]
      """, in: folder.url)
    let (pacs, web, ward) = (
      configuration.destinations[0], configuration.destinations[1], configuration.destinations[2]
    )
    #expect(
      pacs.address
        == .dicom(
          DICOMNode(
            host: "pacs.example", port: 104, called: "PACS", calling: "SECONDLOOK", tls: nil)))
    #expect(pacs.route.formats == [.sr, .gsps, .kos] && pacs.route.modalities == ["DX"])
    #expect(pacs.route.states == [.preliminary, .final] && pacs.route.since != nil)
    #expect(
      pacs.retries == RetryRule(firstWait: 2, longestWait: 30, patience: 3600, attempts: 9))
    #expect(!pacs.verifies && web.verifies)
    #expect(web.retries == RetryRule() && web.route.states == Route.signed)
    #expect(web.kind == .stow)
    #expect(
      ward.address == .folder(folder.url.appending(path: "out").standardizedFileURL))
  }

  @Test("an HL7 system may have its own name in the messages it gets")
  func recipient() throws {
    let folder = try TestFolder()
    let text = """
      [[destination]]
      name = "ris"
      kind = "mllp"
      host = "ris.example"
      port = 2575

      """
    let node = MLLPNode(host: "ris.example", port: 2575, tls: nil)
    #expect(try read(text, in: folder.url).destinations[0].address == .mllp(node))
    let named = "receiving_application = \"RIS\"\nreceiving_facility = \"H\"\n"
    #expect(
      try read(text + named, in: folder.url).destinations[0].address
        == .mllp(
          MLLPNode(
            host: "ris.example", port: 2575, tls: nil, application: "RIS", facility: "H")))
  }

  @Test(
    "a mistake is told with its line, and nothing is sent",
    arguments: [
      (#"kind = "fax""#, "kind has to be one of"),
      ("kind = \"folder\"", "folder is missing"),
      ("kind = \"folder\"\nfolder = \"x\"\nformats = [\"docx\"]", "has “docx”; known are"),
      ("kind = \"folder\"\nfolder = \"x\"\nformats = [\"sr\", \"sr\"]", "names “sr” twice"),
      ("kind = \"folder\"\nfolder = \"x\"\nformats = []", "at least one"),
      ("kind = \"folder\"\nfolder = \"x\"\nstates = [\"draft\"]", "goes nowhere"),
      ("kind = \"folder\"\nfolder = \"x\"\nsince = \"2026-02-30\"", "has to be a day"),
      ("kind = \"folder\"\nfolder = \"x\"\nurl = \"http://x\"", "is not known"),
      (
        "kind = \"folder\"\nfolder = \"x\"\nfirst_wait = 9\nlongest_wait = 5",
        "shorter than first_wait"
      ),
      (
        "kind = \"dicom\"\nhost = \"h\"\nport = 1\nae_title = \"A\"\nformats = [\"text\"]",
        "no destination of kind dicom takes"
      ),
      ("kind = \"dicom\"\nhost = \"h\"\nport = 1", "ae_title is missing"),
      (
        "kind = \"stow\"\nurl = \"http://pacs.example\"\nuser = \"u\"\npassword_file = \"p\"",
        "has to begin with https"
      ),
    ])
  func mistakes(settings: String, complaint: String) throws {
    let folder = try TestFolder()
    let secret = folder.url.appending(path: "p")
    try Data("secret".utf8).write(to: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
    let text = "[[destination]]\nname = \"x\"\n\(settings)\n"
    let error = #expect(throws: ConfigurationError.self) { try read(text, in: folder.url) }
    #expect(error?.problem.contains(complaint) == true || "\(error!)".contains(complaint))
    #expect(error?.line != nil)
  }

  @Test("two destinations of one name, and the name of the folder, are refused")
  func names() throws {
    let folder = try TestFolder()
    func destination(_ name: String) -> String {
      "[[destination]]\nname = \"\(name)\"\nkind = \"folder\"\nfolder = \"out\"\n"
    }
    #expect(throws: ConfigurationError.self) {
      try read(destination("a") + destination("a"), in: folder.url)
    }
    #expect(throws: ConfigurationError.self) { try read(destination("folder"), in: folder.url) }
    #expect(try read(destination("a") + destination("b"), in: folder.url).destinations.count == 2)
  }
}

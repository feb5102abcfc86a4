import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("Checking peers")
struct PeerCheckTests {
  /// A program in place of `secondlook-dicom` that notes its words and ends as told.
  private static func impostor(_ script: String, in folder: TestFolder) throws -> DIMSEProgram {
    let program = folder.url.appending(path: "impostor")
    try writeScript("echo \"$*\" >> \"$(dirname \"$0\")/words\"\n\(script)", to: program)
    return DIMSEProgram(executable: program)
  }

  private static func configuration(
    _ text: String, in folder: TestFolder
  ) throws -> Configuration {
    try Configuration.read(text, file: folder.url.appending(path: Configuration.fileName))
  }

  @Test("every peer is asked once, and one that fails hides no other")
  func all() async throws {
    let folder = try TestFolder()
    let good = try ScriptedServer { _ in .json("[]") }
    let bad = try ScriptedServer { _ in .answer(403) }
    let configuration = try Self.configuration(
      """
      [receive]
      address = "0.0.0.0"
      accept = ["XRAY"]
      [[pacs]]
      name = "good"
      url = "\(good.url)"
      [[pacs]]
      name = "bad"
      url = "\(bad.url)"
      [worklist]
      host = "ris"
      port = 104
      ae_title = "RIS"
      """, in: folder)
    let program = try Self.impostor(
      #"case "$2" in ris) echo 'Error: Nobody knows the host ris.' >&2; exit 2;; esac"#, in: folder)
    let answers = await configuration.checkPeers(.success(program), patience: .eager)
    #expect(answers.map(\.name) == ["SECONDLOOK", "good", "bad", "RIS"])
    #expect(answers.map(\.service) == [.receiver, .search, .search, .worklist])
    #expect(answers.map(\.isOK) == [true, true, false, false])
    #expect(answers[2].reason?.contains("HTTP 403") == true)
    #expect(answers[3].reason?.contains("Nobody knows the host ris.") == true)
    #expect(good.requests.map(\.target) == ["/dicom-web/studies?limit=1"])
    let words = try String(contentsOf: folder.url.appending(path: "words"), encoding: .utf8)
    #expect(words.contains("echo 127.0.0.1 11112 --calling XRAY --called SECONDLOOK --stall 10\n"))
    #expect(words.contains("echo ris 104 --calling SECONDLOOK --called RIS --stall 10\n"))
  }

  @Test("a receiver at an IPv6 address is not said to be down, and one that is everywhere is asked")
  func versionSix() async throws {
    let folder = try TestFolder()
    let program = try Self.impostor("exit 0", in: folder)
    func answer(_ address: String) async throws -> PeerAnswer? {
      let text = "[receive]\naddress = \"\(address)\"\naccept = [\"XRAY\"]"
      return try await Self.configuration(text, in: folder).checkPeers(.success(program)).first
    }
    let one = try await answer("::1")
    #expect(one?.isOK == false)
    #expect(
      one?.reason?.contains("IPv6; whether it listens is not known") == true)
    #expect(try await answer("::")?.isOK == true)
    let words = try String(contentsOf: folder.url.appending(path: "words"), encoding: .utf8)
    #expect(words == "echo 127.0.0.1 11112 --calling XRAY --called SECONDLOOK --stall 10\n")
  }

  @Test("without the program nobody knows whether the receiver listens")
  func unknown() async throws {
    let folder = try TestFolder()
    let somebody = try Self.configuration("[receive]\naccept = [\"X\"]", in: folder)
    let second = await somebody.checkPeers(.failure(.toolMissing))
    #expect(second.first?.reason?.contains("secondlook-dicom is not beside") == true)
    #expect(await Configuration.none.checkPeers(.failure(.toolMissing)).isEmpty)
  }
}

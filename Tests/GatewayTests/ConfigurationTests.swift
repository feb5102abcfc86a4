import Foundation
import Radiology
import Testing

@testable import Gateway

@Suite("The configuration")
struct ConfigurationTests {
  /// A folder of its own with a certificate, a key and secrets in it.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-configuration-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(
        at: url.appending(path: "inbox"), withIntermediateDirectories: true)
      for (name, mode) in [("ca.pem", 0o644), ("site.pem", 0o644), ("site.key", 0o600)] {
        try write("PEM", name, mode)
      }
      try write("s3cret\n", "password", 0o600)
      try write("t0ken\n", "token", 0o400)
      try write("s3cret\n", "open-password", 0o640)
      try write("\n", "empty", 0o600)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, _ name: String, _ mode: Int) throws {
      let file = url.appending(path: name)
      try Data(text.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func read(_ text: String) throws -> Configuration {
      try Configuration.read(text, file: url.appending(path: Configuration.fileName))
    }

    /// What reading complains of.
    func complaint(_ text: String) throws -> ConfigurationError {
      do {
        _ = try read(text)
      } catch let error as ConfigurationError {
        return error
      }
      throw Accepted()
    }
  }

  private struct Accepted: Error {}

  @Test("a home without the file configures nothing")
  func absent() throws {
    let folder = try Folder()
    #expect(try Configuration.read(home: folder.url) == .none)
    #expect(try folder.read("") == .none)
  }

  @Test("a link that leads nowhere is a mistake, and so is a file that is no text")
  func unreadable() throws {
    let folder = try Folder()
    let file = folder.url.appending(path: Configuration.fileName)
    try FileManager.default.createSymbolicLink(
      at: file, withDestinationURL: folder.url.appending(path: "nowhere"))
    #expect(throws: ConfigurationError.self) { try Configuration.read(home: folder.url) }
    try FileManager.default.removeItem(at: file)
    try Data([0xff, 0xfe, 0x00]).write(to: file)
    #expect(throws: ConfigurationError.self) { try Configuration.read(home: folder.url) }
  }

  @Test("every setting is read, and paths count from the file's folder")
  func everything() throws {
    let folder = try Folder()
    let read = try folder.read(
      """
      [receive]
      ae_title = "SL_ONE"
      port = 11113
      address = "0.0.0.0"
      accept = ["XRAY1", "XRAY 2"]
      complete_after = 30
      largest = 64
      [receive.tls]
      certificate = "site.pem"
      key = "site.key"
      authorities = "ca.pem"

      [watch]
      folders = ["inbox"]

      [[pacs]]
      name = "main"
      url = "https://pacs.example/dicom-web/"
      authorities = "ca.pem"
      user = "reader"
      password_file = "password"
      modalities = ["DX", "CR"]
      days = 3
      every = 300

      [[pacs]]
      name = "research"
      url = "http://10.0.0.7:8042/dicom-web"

      [worklist]
      host = "ris.example"
      port = 104
      ae_title = "RIS"
      calling = "SL_ONE"
      modality = "DX"
      every = 60
      [worklist.tls]
      authorities = "ca.pem"
      """)
    let receiver = try #require(read.receiver)
    #expect(receiver.title == "SL_ONE" && receiver.port == 11_113 && receiver.address == "0.0.0.0")
    #expect(receiver.accepts == ["XRAY1", "XRAY 2"])
    #expect(receiver.completeAfter == .seconds(30) && receiver.largest == 64 << 20)
    #expect(receiver.tls?.key.path == folder.url.appending(path: "site.key").path)
    #expect(read.watched.map(\.path) == [folder.url.appending(path: "inbox").path])
    #expect(read.archives.map(\.name) == ["main", "research"])
    #expect(read.archives[0].url.absoluteString == "https://pacs.example/dicom-web")
    #expect(read.archives[0].credentials?.authorization == "Basic cmVhZGVyOnMzY3JldA==")
    #expect(read.archives[0].modalities == ["DX", "CR"] && read.archives[0].days == 3)
    #expect(read.archives[0].interval == .seconds(300) && read.archives[1].interval == nil)
    #expect(read.worklist?.called == "RIS" && read.worklist?.calling == "SL_ONE")
    #expect(read.worklist?.tls?.authorities.lastPathComponent == "ca.pem")
  }

  @Test("a receiver that says no more than who may send listens to this machine only")
  func closedByDefault() throws {
    let receiver = try #require(try Folder().read("[receive]\naccept = [\"X\"]").receiver)
    #expect(receiver.accepts == ["X"] && receiver.address == "127.0.0.1" && receiver.port == 11_112)
    #expect(receiver.completeAfter == .seconds(60))
  }

  @Test("a token is sent as a bearer's, and nothing prints a secret")
  func token() throws {
    let archive = try Folder().read(
      """
      [[pacs]]
      name = "main"
      url = "https://pacs.example"
      token_file = "token"
      """
    ).archives[0]
    #expect(archive.credentials?.authorization == "Bearer t0ken")
    var dumped = ""
    dump(archive, to: &dumped)
    #expect(!"\(archive)\(dumped)".contains("t0ken"))
  }

  @Test(
    "a mistake is named with its line, its setting and what is allowed",
    arguments: [
      (
        "[receive]\naccept = [\"X\"]\nprot = 1", 3, "[receive] prot",
        "known are accept, address, ae_title"
      ),
      ("[recieve]", 1, "recieve", "receive, roles, watch, worklist, workstation"),
      ("[receive]\nport = 70000", 2, "[receive] port", "from 1 to 65535"),
      ("[receive]\nport = \"104\"", 2, "[receive] port", "whole number"),
      ("[receive]\nae_title = \"A\\\\B\"", 2, "[receive] ae_title", "1 to 16"),
      ("[receive]\nport = 11112", 1, "[receive] accept", "at least one"),
      ("[receive]\naccept = \"X\"", 2, "[receive] accept", "list of texts"),
      ("[receive]\naccept = [\"SEVENTEEN_LETTERS\"]", 2, "[receive] accept", "1 to 16"),
      ("[receive]\naccept = [\"XRAY,CT\"]", 2, "[receive] accept", "without backslash and comma"),
      ("[receive]\naddress = \"a b\"", 2, "[receive] address", "host name"),
      ("[receive]\n[receive.tls]\nkey = \"site.key\"", 2, "[receive.tls] certificate", "missing"),
      (
        "[receive]\n[receive.tls]\ncertificate = \"site.pem\"\nkey = \"site.pem\"", 4,
        "[receive.tls] key", "chmod 600"
      ),
      ("receive = 1", 1, "receive", "[receive]"),
      ("[watch]\nfolders = [\"gone\"]", 2, "[watch] folders", "not there"),
      ("[pacs]\nname = \"x\"", 1, "pacs", "[[pacs]]"),
      ("[[pacs]]\nname = \"x\"", 1, "[pacs] url", "missing"),
      ("[[pacs]]\nname = \"../x\"", 2, "[pacs] name", "letters"),
      ("[[pacs]]\nname = \"x\"\nurl = \"ftp://a\"", 3, "[pacs] url", "such as https"),
      ("[[pacs]]\nname = \"x\"\nurl = \"https://u:p@a\"", 3, "[pacs] url", "password_file"),
      ("[worklist]\nhost = \"-x\"\nport = 1", 2, "[worklist] host", "host name"),
      ("[worklist]\nhost = \"ris\"\nport = 104", 1, "[worklist] ae_title", "missing"),
      ("[receive]\nport = = 1", 2, nil, "no TOML"),
    ] as [(String, Int, String?, String)])
  func mistakes(text: String, line: Int, setting: String?, words: String) throws {
    let error = try Folder().complaint(text)
    #expect(error.line == line)
    #expect(error.setting == setting)
    #expect("\(error)".contains(words), "\(error)")
    #expect("\(error)".hasSuffix("Nothing was started."))
  }

  @Test(
    "secrets that others can read, are missing or would travel in the clear are refused",
    arguments: [
      ("url = \"https://a\"\nuser = \"u\"\npassword_file = \"open-password\"", "chmod 600"),
      ("url = \"https://a\"\nuser = \"u\"\npassword_file = \"gone\"", "not there"),
      ("url = \"https://a\"\nuser = \"u\"\npassword_file = \"empty\"", "no secret"),
      ("url = \"https://a\"\nuser = \"u\"", "missing"),
      ("url = \"https://a\"\npassword_file = \"password\"", "missing"),
      ("url = \"https://a\"\npassword = \"x\"", "not known"),
      ("url = \"http://a\"\ntoken_file = \"token\"", "begin with https"),
      (
        "url = \"https://a\"\ntoken_file = \"token\"\nuser = \"u\"\npassword_file = \"password\"",
        "exclude"
      ),
    ])
  func secrets(text: String, words: String) throws {
    let error = try Folder().complaint("[[pacs]]\nname = \"x\"\n" + text)
    #expect("\(error)".contains(words), "\(error)")
    #expect(!"\(error)".contains("s3cret"))
  }

  @Test("a mistake in the second of two archives is found in its line")
  func second() throws {
    let error = try Folder().complaint(
      "[[pacs]]\nname = \"a\"\nurl = \"https://a\"\n[[pacs]]\nname = \"b\"\nurl = \"b\"\n")
    #expect(error.line == 6)
  }

  @Test("two archives may not share a name")
  func sameName() throws {
    let archive = "[[pacs]]\nname = \"a\"\nurl = \"https://a\"\n"
    #expect("\(try Folder().complaint(archive + archive))".contains("once"))
  }

  @Test("weights of reading are from 0 to 1, and what is not said stays as it is")
  func reading() throws {
    let read = try Folder().read("[reading]\nask_above = 0.6\nsample = 1\n").reading
    #expect(read == ReadingRules(askAbove: 0.6, sample: 1))
    #expect("\(try Folder().complaint("[reading]\nsample = 1.5\n"))".contains("from 0 to 1"))
    #expect("\(try Folder().complaint("[reading]\nsample = \"1\"\n"))".contains("from 0 to 1"))
  }

  @Test("the example that comes with the program is right, and says every setting")
  func example() throws {
    let place = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../assets/secondlook.toml").standardized
    let text = try String(contentsOf: place, encoding: .utf8)
    #expect(try Configuration.read(text, file: place) == .none)
    // Without the hash signs of what is switched off, each setting of the example is known.
    let folder = try Folder()
    let switchedOn = text.replacing(/(?m)^# ?(?=\[|[a-z_" -]+ = )/, with: "")
      .replacing("/etc/secondlook/", with: "")
    let read = try folder.read(switchedOn)
    #expect(read.reading == ReadingRules())
    #expect(read.receiver?.tls != nil && read.worklist?.tls != nil && !read.watched.isEmpty)
    let workplace = try Workplace.read(switchedOn, file: place)
    #expect(workplace.keys.count == 2 && workplace.roles?[.readOnly] == ["students"])
    #expect(read.archives.map { $0.credentials != nil } == [true, true])
  }
}

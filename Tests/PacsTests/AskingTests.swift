import Foundation
import Glibc
import TestSupport
import Testing

/// What a peer answers is read in a jail, and told as it is or not at all.
@Suite struct AskingTests {
  @Test("an echo says whether the peer is there, or why not")
  func echo() async throws {
    let receiver = try await Receiver()
    let port = "\(receiver.port)"
    let peer = ["echo", "127.0.0.1", port, "--called", "SECONDLOOK", "--json", "--calling"]
    func reached(_ calling: String) async throws -> Outcome {
      try await Tool(executable: Receiver.executable, arguments: peer + [calling]).outcome()
    }
    let known = try await reached("MODALITY")
    #expect(known.status == 0)
    #expect(known.output.contains(#/{"reached": true, "milliseconds": \d+, "reason": ""}/#))
    let stranger = try await reached("STRANGER")
    #expect(stranger.status == 2)
    #expect(stranger.output.contains("does not know the calling title"))
    await receiver.stop()
    let gone = try await reached("MODALITY")
    #expect(gone.status == 2)
    #expect(gone.output.contains("Nobody listens there"))
  }

  private static let hasVersionSix = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")

  @Test(
    "a receiver at the address :: is everywhere, and what echo cannot reach is named",
    .enabled(if: hasVersionSix))
  func versionSix() async throws {
    let receiver = try await Receiver("--address", "::")
    let peer = ["\(receiver.port)", "--calling", "MODALITY", "--called", "SECONDLOOK"]
    func asked(_ host: String) async throws -> Outcome {
      let tool = Tool(executable: Receiver.executable, arguments: ["echo", host] + peer)
      return try await tool.outcome()
    }
    #expect(try await asked("127.0.0.1").status == 0)
    let other = try await asked("::1")
    #expect(other.status == 2)
    #expect(other.output.contains("Nobody knows an IPv4 address of the host ::1."))
    await receiver.stop()
  }

  @Test("a peer that says nothing is given up")
  func silentPeer() async throws {
    let silent = try await Receiver("--most-associations", "1")
    silent.process.signal(SIGSTOP)
    let outcome = try await secondlookDICOM(
      "echo", "127.0.0.1", "\(silent.port)", "--calling", "A", "--called", "B", "--stall", "1",
      "--json")
    #expect(outcome.status == 2)
    let reason = "The peer did not answer in time."
    #expect(outcome.output.contains("Error: \(reason)\n"))
    let line = try #require(outcome.output.split(separator: "\n").first { $0.first == "{" })
    let answer = try JSONDecoder().decode(Echo.self, from: Data(line.utf8))
    #expect(!answer.reached && answer.milliseconds >= 1_000 && answer.reason == reason)
    silent.process.signal(SIGCONT)
    await silent.stop()
  }

  /// What an echo answers to programs.
  private struct Echo: Decodable {
    let reached: Bool
    let milliseconds: Int
    let reason: String
  }

  @Test("Orthanc's worklist comes as DICOM JSON, and can be narrowed", .enabled(if: Orthanc.isHere))
  func orthanc() async throws {
    try await Orthanc.running { orthanc in
      func find(_ options: String...) async throws -> Outcome {
        let words = [
          "find", "127.0.0.1", "\(orthanc.dicom)", "--calling", "SECONDLOOK", "--called", "ORTHANC",
        ]
        return try await Tool(executable: Receiver.executable, arguments: words + options).outcome()
      }
      let all = try await find()
      #expect(all.status == 0)
      let item = try JSONDecoder().decode([String: Element].self, from: Data(all.output.utf8))
      #expect(item["00080050"]?.Value?.first == .text("ACC0001"))
      #expect(item["00401003"]?.Value?.first == .text("STAT"))
      #expect(
        try await find("--step", "00080060=DX", "--match", "00080050=ACC0001").output
          == all.output)
      let none = try await find("--step", "00080060=MR")
      #expect(none.status == 0 && none.output.isEmpty)
    }
  }

  /// Names as they are sent, in the character sets of PS3.3 C.12.1.1.2, and as they are read.
  private static let names: [(sets: String, sent: [UInt8], read: String)] = [
    ("ISO_IR 100", Array("M".utf8) + [0xfc] + Array("ller".utf8), "Müller"),
    ("ISO_IR 192", Array("Łukasz^Ż".utf8), "Łukasz^Ż"),
    ("ISO_IR 144", [0xbb, 0xee, 0xda], "Люк"),
    ("GB18030", [0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab], "王^小东"),
    // PS3.5 H.3.1 and H.3.2: in the second, half-width katakana stand in single bytes.
    ("\\ISO 2022 IR 87", Array("A=\u{1b}$B;3ED\u{1b}(B^\u{1b}$BB@O:\u{1b}(B".utf8), "山田^太郎"),
    ("ISO_IR 13\\ISO 2022 IR 87", [0xd4, 0xcf, 0xc0, 0xde], "ﾔﾏﾀﾞ"),
    ("\\ISO 2022 IR 149", [0x1b, 0x24, 0x29, 0x43, 0xb1, 0xe6, 0xb5, 0xbf], "길동"),
  ]

  @Test("names come as they are written in their own language", .enabled(if: hasDCMTK))
  func names() async throws {
    let output = try await Self.asked(Self.names.map { ($0.sets, $0.sent) })
    #expect(output.status == 0, "\(output)")
    for name in Self.names { #expect(output.output.contains("\"\(name.read)\"")) }
  }

  @Test(
    "an answer in another character set than it says is left out, and that is told",
    .enabled(if: hasDCMTK),
    arguments: ["ISO_IR 192", "", "ISO_IR 999", "\\ISO 2022 IR 87"])
  func wrongSet(sets: String) async throws {
    let output = try await Self.asked([(sets, [0x4d, 0xfc, 0x6c]), ("ISO_IR 100", [0x4d])])
    #expect(output.status == 5)
    #expect(output.output.contains("Error: 1 answers were left out"))
    #expect(output.output.contains(#""Alphabetic":"M"}"#))
  }

  @Test("of more answers than were asked for the first are told, and that there are more")
  func tooManyAnswers() async throws {
    let output = try await Self.asked(
      (0..<5).map { ("", Array("Name\($0)".utf8)) }, "--most", "3")
    #expect(output.status == 5)
    #expect(output.output.contains("There are more than 3 answers"))
    #expect(output.output.matches(of: #/Name\d/#).count == 3)
  }

  /// What is told of worklist items for patients with these names.
  private static func asked(
    _ patients: [(sets: String, name: [UInt8])], _ options: String...
  ) async throws -> Outcome {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let items = folder.appending(path: "WORKLIST")
    try FileManager.default.createDirectory(at: items, withIntermediateDirectories: true)
    try Data().write(to: items.appending(path: "lockfile"))
    for (number, patient) in patients.enumerated() {
      let text = items.appending(path: "\(number).dump")
      var dump = Data("(0008,0005) CS [\(patient.sets)]\n(0008,0050) SH [\(number)]\n".utf8)
      dump += Data("(0010,0010) PN [".utf8) + Data(patient.name) + Data("]\n".utf8)
      dump += Data(Self.rest.utf8)
      try dump.write(to: text)
      let item = items.appending(path: "\(number).wl").path
      try #require(try await run("dump2dcm", "-q", "+te", text.path, item).status == 0)
    }
    // Another test may take the port before the server does.
    for attempt in 1...3 {
      let port = "\(freePort())"
      let server = try Tool(
        executable: URL(filePath: "/usr/bin/wlmscpfs"),
        arguments: ["-v", "--keep-char-set", "-dfp", folder.path, port]
      ).launch(writingTo: folder.appending(path: "log-\(attempt)"))
      let peer = ["127.0.0.1", port, "--calling", "SECONDLOOK", "--called", "WORKLIST"]
      let tool = { Tool(executable: Receiver.executable, arguments: $0 + peer + options) }
      var isThere = false
      for _ in 0..<200 where !isThere {
        isThere = try await tool(["echo"]).outcome().status == 0
        if !isThere { try await Task.sleep(for: .milliseconds(50)) }
      }
      let outcome = isThere ? try await tool(["find"]).outcome() : nil
      server.signal(SIGKILL, toGroup: true)
      _ = await server.end()
      if let outcome { return outcome }
    }
    throw Launched.Silence(output: "no worklist server started")
  }

  /// What an item has to have besides (PS3.4 K.6.1.2.2).
  private static let rest = """
    (0010,0020) LO [4711]
    (0020,000d) UI [1.2.3]
    (0032,1060) LO [Chest]
    (0040,0100) SQ
    (fffe,e000) na
    (0008,0060) CS [DX]
    (0040,0001) AE [SECONDLOOK]
    (0040,0002) DA [20260101]
    (0040,0003) TM [100000]
    (0040,0007) LO [Chest]
    (0040,0009) SH [1]
    (fffe,e00d) na
    (fffe,e0dd) na
    (0040,1001) SH [1]

    """

  /// One element of the DICOM JSON model, as far as this test looks.
  private struct Element: Decodable {
    let Value: [Part]?
    enum Part: Decodable, Equatable {
      case text(String)
      case other
      init(from decoder: any Decoder) throws {
        let text = try? decoder.singleValueContainer().decode(String.self)
        self = text.map(Part.text) ?? .other
      }
    }
  }
}

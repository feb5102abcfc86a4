import Foundation
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

  @Test("a peer that says nothing is given up")
  func silentPeer() async throws {
    let silent = try await Receiver("--most-associations", "1")
    silent.process.signal(SIGSTOP)
    let outcome = try await secondlookDICOM(
      "echo", "127.0.0.1", "\(silent.port)", "--calling", "A", "--called", "B", "--stall", "1")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("did not answer in time"))
    silent.process.signal(SIGCONT)
    await silent.stop()
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

import DICOM
import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("The modality worklist")
struct WorklistTests {
  /// The worklist as a script in place of `secondlook-dicom` answers it.
  ///
  /// The script finds its words in `$words`.
  private static func worklist(
    _ script: String, _ settings: String = "", in folder: TestFolder
  ) throws -> ModalityWorklist {
    let program = folder.url.appending(path: "impostor")
    try writeScript("words=\"$*\"\n\(script)", to: program)
    try Data().write(to: folder.url.appending(path: "ca.pem"))
    let text = "[worklist]\nhost = \"ris\"\nport = 104\nae_title = \"RIS\"\n" + settings
    let file = folder.url.appending(path: Configuration.fileName)
    let configured = try #require(try Configuration.read(text, file: file).worklist)
    return ModalityWorklist(configured, program: DIMSEProgram(executable: program))
  }

  /// One answer, in one line.
  private static let answer = """
    {"00080050": {"vr": "SH", "Value": ["ACC0001"]}, "00100020": {"vr": "LO", "Value": ["PID0001"]}, \
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Ä^B"}]}, \
    "0020000D": {"vr": "UI", "Value": ["2.25.1001"]}, \
    "00321060": {"vr": "LO", "Value": ["Chest PA"]}, "00401003": {"vr": "SH", "Value": ["STAT"]}, \
    "00321064": {"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": ["399208008"]}, \
    "00080102": {"vr": "SH", "Value": ["SCT"]}, "00080104": {"vr": "LO", "Value": ["Chest X-ray"]}}]}, \
    "00400100": {"vr": "SQ", "Value": [{"00080060": {"vr": "CS", "Value": ["DX"]}}, \
    {"00080060": {"vr": "CS", "Value": ["CT"]}, "00400002": {"vr": "DA", "Value": ["20261127"]}}]}}
    """

  @Test("every scheduled step of an answer is an order")
  func orders() async throws {
    let folder = try TestFolder()
    let worklist = try Self.worklist("cat <<'END'\n\(Self.answer)\nEND", in: folder)
    let result = try await worklist.orders()
    #expect(result.orders.map(\.modality) == ["DX", "CT"] && !result.isCut)
    let order = try #require(result.orders.first)
    #expect(order.accession == "ACC0001" && order.patientIdentifier == "PID0001")
    #expect(order.patientName == "Ä^B" && order.priority == .stat && order.study == "2.25.1001")
    #expect(order.code == Order.Code(value: "399208008", scheme: "SCT", meaning: "Chest X-ray"))
    #expect(order.procedure == "Chest PA" && order.source == "RIS")
    #expect(result.orders[1].scheduledDate == "20261127")
  }

  @Test("the question names both titles, the modality, the days, and the certificates")
  func question() async throws {
    let folder = try TestFolder()
    let worklist = try Self.worklist(
      #"echo "$words" > "$(dirname "$0")/words""#,
      "calling = \"SL\"\nmodality = \"DX\"\n[worklist.tls]\nauthorities = \"ca.pem\"",
      in: folder)
    _ = try await worklist.orders(dates: "20261127-20261128", accession: "A 1")
    let words = try String(contentsOf: folder.url.appending(path: "words"), encoding: .utf8)
    let authorities = folder.url.appending(path: "ca.pem").path
    #expect(
      words == "find ris 104 --calling SL --called RIS --tls --authorities \(authorities) "
        + "--most 5000 --step 00080060=DX --step 00400002=20261127-20261128 "
        + "--match 00080050=A 1\n")
  }

  @Test("answers that are not all, or cannot be read, are told")
  func partly() async throws {
    let folder = try TestFolder()
    let worklist = try Self.worklist(
      "cat <<'END'\n{\n\(Self.answer)\nEND\nexit 5", in: folder)
    let result = try await worklist.orders()
    #expect(result.orders.count == 2 && result.unreadable == 1 && result.isCut)
  }

  @Test("a failure is an error with the program's sentence, and never an empty list")
  func failures() async throws {
    let folder = try TestFolder()
    for (script, words) in [
      (
        "echo 'Error: The peer is too busy.' >&2; exit 2",
        "failed: The peer is too busy."
      ),
      ("exit 3", "without a word"), ("kill -9 $$", "without a word"),
    ] {
      let worklist = try Self.worklist(script, in: folder)
      let error = await #expect(throws: GatewayError.self) { try await worklist.orders() }
      #expect("\(error.map { "\($0)" } ?? "")".contains(words))
      #expect("\(error.map { "\($0)" } ?? "")".contains("worklist “RIS” (ris:104)"))
      await #expect(throws: GatewayError.self) { try await worklist.echo() }
    }
    try FileManager.default.removeItem(at: folder.url.appending(path: "impostor"))
    let gone = try Self.worklist("exit 0", in: folder)
    try await gone.echo()
    try FileManager.default.removeItem(at: folder.url.appending(path: "impostor"))
    await #expect(throws: GatewayError.self) { try await gone.echo() }
  }
}

import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("What the program says that sends to a PACS")
struct StorageNodeTests {
  @Test(
    "every outcome is a problem of its kind, or none",
    arguments: [
      ("stored", nil), ("unreached", .unreachable), ("untrusted", .untrusted),
      ("notTaken", .notTaken), ("busy", .busy),
      ("known", .nameTaken), ("refused", .refused), ("unknown", .silent),
      // A file that cannot be sent is a matter of that file: others go their way.
      ("unusable", .notMade),
      // Nobody knows what a program did that ended without a word.
      ("", .silent),
    ] as [(String, DeliveryProblem.Code?)])
  func outcomes(word: String, code: DeliveryProblem.Code?) async throws {
    let folder = try TestFolder()
    let program = folder.url.appending(path: "impostor")
    let line =
      word.isEmpty ? "exit 3" : #"echo '{"outcome": "\#(word)", "status": 0, "reason": "Why."}'"#
    try writeScript(line, to: program)
    let node = StorageNode(
      DICOMNode(host: "h", port: 104, called: "PACS", calling: "SL", tls: nil), name: "pacs",
      program: DIMSEProgram(executable: program))
    let document = OutgoingDocument(
      study: "1.2.3", patient: Patient(identifier: "P1", name: "", fallback: ""), format: .sr,
      fileName: "a.dcm", bytes: Data(), file: URL(filePath: "/dev/null"))
    do {
      _ = try await node.send(document)
      #expect(code == nil)
    } catch let problem as DeliveryProblem {
      #expect(problem.code == code, "\(problem.reason)")
    }
  }
}

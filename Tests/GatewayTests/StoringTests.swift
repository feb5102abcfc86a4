import DICOM
import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("What an archive says became of an object (STOW-RS)")
struct StoringTests {
  /// The answer that an object was stored, or was not for a reason.
  private static func answer(stored: String? = nil, failed: Int? = nil) -> String {
    func item(_ more: String) -> String {
      #"{"00081155": {"vr": "UI", "Value": ["\#(stored ?? "1.2.3.4.5")"]}\#(more)}"#
    }
    if let failed {
      let reason = #", "00081197": {"vr": "US", "Value": [\#(failed)]}"#
      return #"{"00081198": {"vr": "SQ", "Value": [\#(item(reason))]}}"#
    }
    return #"{"00081199": {"vr": "SQ", "Value": [\#(item(""))]}}"#
  }

  private func send(
    patience: Patience = .eager,
    _ answer: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
  ) async throws -> (ScriptedServer, Result<String?, any Error>) {
    let server = try ScriptedServer(answer)
    let bytes = Data(try object("1.2.3.4.5"))
    let document = OutgoingDocument(
      study: "1.2.3", patient: Patient(identifier: "P1", name: "", fallback: ""), format: .sr,
      fileName: "a.dcm", bytes: bytes, file: URL(filePath: "/dev/null"))
    let archive = WebArchive(try .at(server.url), patience: patience)
    do { return (server, .success(try await archive.send(document))) } catch {
      return (server, .failure(error))
    }
  }

  @Test("stored is what the archive lists as stored")
  func stored() async throws {
    let (server, result) = try await send { _ in .json(Self.answer(stored: "1.2.3.4.5")) }
    #expect(try result.get() == nil)
    #expect(server.requests.map(\.target) == ["/dicom-web/studies/1.2.3"])
    #expect(
      server.requests[0].lines.contains {
        $0.contains(#"multipart/related; type="application/dicom"; boundary="#)
      })
  }

  @Test(
    "whatever else it answers is no success",
    arguments: [
      (200, answer(stored: "9.9.9"), DeliveryProblem.Code.unexpected),
      (200, "{}", .unexpected), (200, "<html>", .unexpected), (200, "", .unexpected),
      (409, answer(failed: 0xC000), .refused), (409, answer(failed: 0xA700), .busy),
      (202, answer(failed: 0x0110), .busy), (409, answer(failed: 0x0122), .notTaken),
      (409, answer(failed: 0x0111), .nameTaken), (409, "", .refused), (400, "", .refused),
      (401, "", .unauthorized), (403, "", .unauthorized), (404, "", .unreachable),
      (413, "", .refused), (503, "", .busy), (302, "", .unreachable),
      // Whoever has a problem of its own may have it before or after it stored the object.
      (500, "", .silent), (502, "", .silent), (504, "", .silent),
    ])
  func noSuccess(status: Int, body: String, code: DeliveryProblem.Code) async throws {
    let (_, result) = try await send { _ in
      .answer(status, "Content-Type: application/dicom+json", body: [UInt8](body.utf8))
    }
    let problem = #expect(throws: DeliveryProblem.self) { try result.get() }
    #expect(problem?.code == code, "\(problem?.reason ?? "")")
  }

  @Test("an archive that hangs up or falls silent may have it")
  func silence() async throws {
    for steps: [ScriptedServer.Step] in [[.send([])], [.stall]] {
      let (_, result) = try await send(patience: .none) { _ in steps }
      #expect(throws: DeliveryProblem.self) { try result.get() }
      if case .failure(let problem as DeliveryProblem) = result {
        #expect(problem.code == .silent)
      }
    }
  }

  @Test(
    "a patient is another one when the identifiers differ, and the issuers where both are known")
  func patients() {
    let patient = Patient(identifier: "P1", issuer: "A", name: "", fallback: "")
    #expect(patient.other(identifier: "P1 ", issuer: "") == nil)
    #expect(patient.other(identifier: "P1", issuer: "A") == nil)
    #expect(patient.other(identifier: "P1", issuer: "B") == "B\\P1")
    #expect(patient.other(identifier: "P2", issuer: nil) == "\\P2")
    #expect(patient.other(identifier: nil, issuer: nil) == nil)
  }
}

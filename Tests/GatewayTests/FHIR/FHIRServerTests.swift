import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("A document to a FHIR server")
struct FHIRServerTests {
  private static let bundle = """
    {"resourceType": "Bundle", "type": "document",
     "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.4"}}
    """

  private static func server(
    _ answer: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
  ) throws -> (ScriptedServer, FHIRServer) {
    let server = try ScriptedServer(answer)
    let settings = try Configuration.Archive.at("http://127.0.0.1:\(server.port)/fhir")
    return (server, FHIRServer(settings, patience: .eager))
  }

  private func document(_ text: String = bundle) -> OutgoingDocument {
    HL7InterfaceTests.document(text)
  }

  @Test("it is created on the condition that it is not there, by its identifier")
  func created() async throws {
    let (scripted, server) = try Self.server { _ in .answer(201) }
    #expect(try await server.send(document()) == nil)
    let request = try #require(scripted.requests.first)
    #expect(request.lines.first == "POST /fhir/Bundle HTTP/1.1")
    let condition = "identifier=urn%3Aietf%3Arfc%3A3986%7Curn%3Aoid%3A1.2.3.4"
    #expect(
      request.lines.contains { $0.lowercased() == "if-none-exist: \(condition)".lowercased() })
    #expect(request.body == [UInt8](Self.bundle.utf8))
    let (known, again) = try Self.server { _ in .answer(200) }
    #expect(try await again.send(document()) == "it was there already")
    #expect(known.requests.count == 1)
  }

  @Test(
    "what else it answers is a problem of its kind, told without its words",
    arguments: [
      (400, DeliveryProblem.Code.refused), (422, .refused), (412, .nameTaken), (401, .unauthorized),
      (404, .unreachable), (429, .busy), (503, .busy), (307, .unreachable), (500, .silent),
      (502, .silent), (504, .silent),
    ])
  func refused(status: Int, code: DeliveryProblem.Code) async throws {
    let outcome =
      #"{"resourceType": "OperationOutcome", "issue": [{"code": "invalid", "diagnostics": "DOE"}]}"#
    let (scripted, server) = try Self.server { _ in
      .answer(status, body: [UInt8](outcome.utf8))
    }
    let thrown = await #expect(throws: DeliveryProblem.self) { try await server.send(document()) }
    #expect(thrown?.code == code, "\(thrown?.reason ?? "")")
    #expect(thrown?.reason.contains("DOE") == false)
    #expect(scripted.requests.count == 1)
    if status == 422 { #expect(thrown?.reason.contains("It says: invalid.") == true) }
  }

  @Test("it is asked by the identifier, and one that offers no search cannot be asked")
  func asked() async throws {
    func found(_ value: String) -> String {
      #"{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Bundle", "identifier": "#
        + #"{"system": "urn:ietf:rfc:3986", "value": "\#(value)"}}}]}"#
    }
    for (body, expected) in [
      (found("urn:oid:1.2.3.4"), true), (#"{"resourceType": "Bundle", "total": 0}"#, false),
      // A server that ignores what it does not know answers with whatever it has.
      (found("urn:oid:9.9"), nil), (#"{"resourceType": "Bundle", "total": 1}"#, nil),
    ] as [(String, Bool?)] {
      let (scripted, server) = try Self.server { _ in .answer(200, body: [UInt8](body.utf8)) }
      #expect(try await server.holds(document()) == expected)
      #expect(scripted.requests.first?.target.hasPrefix("/fhir/Bundle?identifier=urn%3A") == true)
    }
    for status in [400, 404, 501] {
      let (scripted, server) = try Self.server { _ in .answer(status) }
      #expect(try await server.holds(document()) == nil)
      #expect(scripted.requests.count == 1)
    }
  }

  @Test("what is no document with an identifier is never sent")
  func noDocument() async throws {
    let (scripted, server) = try Self.server { _ in .answer(201) }
    for text in ["{}", "text", #"{"resourceType": "Patient"}"#] {
      let thrown = await #expect(throws: DeliveryProblem.self) {
        try await server.send(document(text))
      }
      #expect(thrown?.code == .notTaken)
    }
    #expect(scripted.requests.isEmpty)
  }
}

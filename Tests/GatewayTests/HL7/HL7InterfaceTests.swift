import Foundation
import NIOCore
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("A message to an HL7 interface (MLLP)")
struct HL7InterfaceTests {
  private static let message =
    "MSH|^~\\&|SECONDLOOK|SITE|RIS|H|20261127||ORU^R01^ORU_R01|MSG-1|P|2.5.1\rPID|1||4711\r"

  private func send(
    _ message: String = message, patience: Patience = .eager,
    _ answer: @escaping @Sendable (String, Int) -> ScriptedInterface.Answer
  ) async throws -> (ScriptedInterface, Result<String?, any Error>) {
    let peer = try ScriptedInterface(answer)
    let interface = HL7Interface(
      MLLPNode(host: "127.0.0.1", port: Int(peer.port), tls: nil), name: "ris", patience: patience)
    do { return (peer, .success(try await interface.send(Self.document(message)))) } catch {
      return (peer, .failure(error))
    }
  }

  static func document(_ text: String) -> OutgoingDocument {
    OutgoingDocument(
      study: "1.2.3", patient: Patient(identifier: "4711", name: "", fallback: ""), format: .text,
      fileName: "a.hl7", bytes: Data(text.utf8), file: URL(filePath: "/dev/null"))
  }

  @Test("AA is success, and CA is success that says less")
  func accepted() async throws {
    let (peer, result) = try await send { _, _ in .file("AA") }
    #expect(try result.get() == nil)
    #expect(peer.filed == ["MSG-1"])
    let (_, committed) = try await send { _, _ in .file("CA") }
    #expect(try committed.get()?.contains("answers for the message") == true)
  }

  @Test(
    "AE and CE are tried again, AR and CR are final",
    arguments: [
      ("AE", DeliveryProblem.Code.failed), ("CE", .failed), ("AR", .refused), ("CR", .refused),
    ])
  func refused(code: String, problem: DeliveryProblem.Code) async throws {
    let (peer, result) = try await send { _, _ in .refuse(code) }
    let thrown = #expect(throws: DeliveryProblem.self) { try result.get() }
    #expect(thrown?.code == problem && peer.filed.isEmpty)
    #expect(thrown?.reason.contains("(\(code))") == true)
  }

  @Test("an answer to another message, and what is no answer, says neither yes nor no")
  func unexpected() async throws {
    let other = [0x0b] + Array("MSH|^~\\&|P\rMSA|AA|MSG-2\r".utf8) + [0x1c, 0x0d]
    let rubbish = [0x0b] + Array("HTTP/1.1 400".utf8) + [0x1c, 0x0d]
    for bytes: [UInt8] in [other, rubbish] {
      let (_, result) = try await send { _, _ in .say(bytes) }
      let thrown = #expect(throws: DeliveryProblem.self) { try result.get() }
      #expect(thrown?.code == .unexpected)
    }
  }

  @Test(
    "a peer that hangs up, breaks off or says nothing may have filed it; sent again it is filed once"
  )
  func unknown() async throws {
    for first: ScriptedInterface.Answer in [.hangUp, .reset, .stall] {
      let peer = try ScriptedInterface { _, count in count == 1 ? first : .file("AA") }
      func interface(_ patience: Patience) -> HL7Interface {
        HL7Interface(
          MLLPNode(host: "127.0.0.1", port: Int(peer.port), tls: nil), name: "ris",
          patience: patience)
      }
      let thrown = await #expect(throws: DeliveryProblem.self) {
        try await interface(.hasty).send(Self.document(Self.message))
      }
      #expect(thrown?.code == .silent)
      // Whom nobody keeps waiting is waited for on a busy machine too.
      #expect(try await interface(.once).holds(Self.document(Self.message)) == nil)
      #expect(try await interface(.once).send(Self.document(Self.message)) == nil)
      #expect(peer.received == ["MSG-1", "MSG-1"] && peer.filed == ["MSG-1"])
    }
  }

  @Test("where nobody listens nothing is sent, and what is no message never is")
  func nothing() async throws {
    let gone = try ScriptedInterface { _, _ in .hangUp }.port
    let interface = HL7Interface(
      MLLPNode(host: "127.0.0.1", port: Int(gone), tls: nil), name: "ris", patience: .eager)
    let thrown = await #expect(throws: DeliveryProblem.self) {
      try await interface.send(Self.document(Self.message))
    }
    #expect(thrown?.code == .unreachable)
    await #expect(throws: DeliveryProblem.self) { try await interface.check() }
    let (peer, result) = try await send("no message") { _, _ in .file("AA") }
    #expect(throws: DeliveryProblem.self) { try result.get() }
    #expect(peer.received.isEmpty)
  }

  @Test("messages are found whole however they are cut, and rubbish between them is skipped")
  func frames() throws {
    let decoder = MLLPDecoder()
    let framed = Array("\r\n".utf8) + [0x0b] + Array("ONE".utf8) + [0x1c, 0x0d]
    for cut in 0...framed.count {
      var buffer = ByteBuffer(bytes: framed[..<cut])
      let early = try decoder.next(in: &buffer)
      buffer.writeBytes(framed[cut...])
      let found = try early ?? decoder.next(in: &buffer)
      #expect(found.map { String(buffer: $0) } == "ONE")
    }
    var endless = ByteBuffer(repeating: 0x0b, count: MLLPFrame.limit + 1)
    #expect(throws: MLLPFrame.TooLong.self) { try decoder.next(in: &endless) }
  }
}

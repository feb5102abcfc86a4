import NIOHTTP1

/// What a node is answered.
struct FleetAnswer: Sendable {
  let status: HTTPResponseStatus
  let type: String
  let body: [UInt8]

  /// Whatever the service makes of a question that was let in.
  init(of service: FleetService, to question: FleetGate.Question, _ body: [UInt8]) async {
    do throws(FleetRefusal) {
      self.init(.ok, "application/protobuf", try await service.answer(question, body))
    } catch { self.init(error) }
  }

  private init(_ status: HTTPResponseStatus, _ type: String, _ body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  /// A no, as Flower's own server words it.
  init(_ refusal: FleetRefusal) {
    let (status, code, detail) = refusal.wire
    let number = code.map { "\"code\":\($0)," } ?? ""
    self.init(
      HTTPResponseStatus(statusCode: status), "application/json",
      Array("{\(number)\"detail\":\"\(detail)\"}".utf8))
  }
}

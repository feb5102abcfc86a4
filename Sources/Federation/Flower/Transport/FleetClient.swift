import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SwiftProtobuf

/// Calls of the Fleet API, protobuf over HTTP/1.1.
///
/// Certificates are always verified and redirections never followed.
struct FleetClient: Sendable {
  let address: CoordinatorAddress
  private let key: NodeKey
  private let now: @Sendable () -> Date
  private let client: HTTPClient

  /// The largest answer: an object with what is around it, or the tree of a message.
  static let largestAnswer = 16 << 20

  init(_ address: CoordinatorAddress, key: NodeKey, now: @escaping @Sendable () -> Date) {
    self.address = address
    self.key = key
    self.now = now
    var settings = HTTPClient.Configuration(
      tlsConfiguration: address.tls, redirectConfiguration: .disallow,
      timeout: .init(
        connect: .init(address.patience.connecting), read: .init(address.patience.answer)),
      decompression: .disabled)
    settings.httpVersion = .http1Only
    // Flower's server hangs up after 5 seconds without a request.
    settings.connectionPool.idleTimeout = .seconds(3)
    settings.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
  }

  func close() async { try? await client.shutdown() }

  /// Asks, and once more if the connection was closed in between and it may be asked twice.
  ///
  /// The answer is waited for no longer than the address says, or `limit`.
  func call<Answer: SwiftProtobuf.Message>(
    _ operation: String, _ question: some SwiftProtobuf.Message, tries: Int = 2,
    within limit: Duration = .seconds(86_400)
  ) async throws(FleetError) -> Answer {
    guard let body = try? question.serializedBytes() as [UInt8] else {
      throw .malformed("a question cannot be written")
    }
    let bytes: [UInt8]
    let patience = min(address.patience.answer, limit)
    do { bytes = try await ask(operation, body, within: patience) } catch {
      guard case .brokeOff = error, tries > 1 else { throw error }
      bytes = try await ask(operation, body, within: patience)
    }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = FleetLimits.deepestProto
    guard let answer = try? Answer(serializedBytes: bytes, options: options) else {
      throw .unexpected(server: address.server)
    }
    return answer
  }

  private func ask(
    _ operation: String, _ body: [UInt8], within limit: Duration
  ) async throws(FleetError) -> [UInt8] {
    let base = address.url.absoluteString
    var request = HTTPClientRequest(
      url: (base.hasSuffix("/") ? base : base + "/") + "v1/fleet/" + operation)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/protobuf")
    request.headers.add(name: "Accept", value: "application/protobuf")
    let asked = now()
    let began = ContinuousClock.now
    for field in try key.proof(at: asked) {
      request.headers.add(name: field.name, value: field.value)
    }
    request.body = .bytes(ByteBuffer(bytes: body))
    do {
      let end = ContinuousClock.now + limit
      let response = try await client.execute(request, timeout: .init(limit))
      var bytes: [UInt8] = []
      for try await part in response.body {
        // The client below holds to its time only until the answer begins.
        guard .now < end else { throw FleetError.tooSlow(server: address.server) }
        guard bytes.count + part.readableBytes <= Self.largestAnswer else {
          throw FleetError.answerTooLarge(server: address.server, limit: Self.largestAnswer)
        }
        bytes += part.readableBytesView
      }
      guard response.status == .ok else {
        throw refusal(response, bytes, askedAt: asked, .now - began)
      }
      return bytes
    } catch let error as FleetError { throw error } catch { throw await failure(error) }
  }

  /// What a status other than 200 means, that came so long after the question.
  private func refusal(
    _ response: HTTPClientResponse, _ body: [UInt8], askedAt asked: Date, _ time: Duration
  ) -> FleetError {
    let said = try? JSONDecoder().decode(Refusal.self, from: Data(body))
    switch (response.status.code, said?.code) {
    case (401, _):
      guard let date = response.headers.first(name: "Date").flatMap(HTTPDate.date) else {
        return .unknownKey(server: address.server)
      }
      // Where the clocks agree, it was written after the question and before now: by the clock that
      // signed, which may have been set meanwhile. A signature is believed for five minutes, and
      // five seconds ahead of its time.
      let ahead = Int(asked.timeIntervalSince(date))
      let behind = Int(date.timeIntervalSince(asked.addingTimeInterval(time / .seconds(1))))
      if ahead > 4 { return .wrongClock(server: address.server, seconds: ahead) }
      if behind > 300 { return .wrongClock(server: address.server, seconds: -behind) }
      return .unknownKey(server: address.server)
    case (403, 2007): return .runIsOver(server: address.server)
    // So says nginx in front of a coordinator, after a handshake that went well.
    case (400, nil) where String(decoding: body, as: UTF8.self).contains("SSL certificate"):
      return .certificateRefused(server: address.server)
    default:
      return .refused(
        server: address.server, status: Int(response.status.code), code: said?.code ?? 0,
        reason: FleetError.plain(said?.detail ?? ""))
    }
  }

  private struct Refusal: Decodable {
    let code: Int?
    let detail: String?
  }

  /// What went wrong below us, without the addresses that such errors carry.
  private func failure(_ error: any Swift.Error) async -> FleetError {
    let server = address.server
    switch error {
    case is CancellationError: return .cancelled
    case let error as HTTPClientError: return connectionFailure(error)
    // It was cut in the middle of an answer, or of a handshake.
    case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown:
      return .brokeOff(server: server)
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      return await CertificateLook(address).verdict(on: error)
    case is HTTPParserError: return .unexpected(server: server)
    case let error as NIOConnectionError:
      let failure = error.connectionErrors.first?.error as? IOError
      return .unreachable(
        server: server, reason: failure.map(Self.reason) ?? "its name leads nowhere")
    case let error as IOError where [EPIPE, ECONNRESET].contains(error.errnoCode):
      return .brokeOff(server: server)
    case let error as IOError: return .unreachable(server: server, reason: Self.reason(error))
    default: return .brokeOff(server: server)
    }
  }

  private func connectionFailure(_ error: HTTPClientError) -> FleetError {
    switch error {
    case .cancelled: .cancelled
    case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
      .unreachable(server: address.server, reason: "it does not answer")
    case .readTimeout, .writeTimeout, .deadlineExceeded: .tooSlow(server: address.server)
    default: .brokeOff(server: address.server)
    }
  }

  private static func reason(_ error: IOError) -> String {
    unsafe String(cString: strerror(error.errnoCode)).lowercased()
  }
}

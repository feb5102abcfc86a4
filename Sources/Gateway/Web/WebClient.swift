import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Speaks HTTP with one server.
///
/// Certificates are always verified and redirections never followed, so that neither credentials
/// nor the names of patients reach another host. Close it when done.
struct WebClient: Sendable {
  let url: URL
  /// Name, host and port, for people.
  let server: String
  private let credentials: Credentials?
  private let client: HTTPClient

  /// - Throws: ``GatewayError/badAuthorities(server:)``.
  init(
    _ url: URL, called server: String, authorities: URL?, credentials: Credentials?,
    patience: Patience
  ) throws(GatewayError) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    if let authorities {
      guard let certificates = try? NIOSSLCertificate.fromPEMFile(authorities.path),
        !certificates.isEmpty
      else { throw .badAuthorities(server: server) }
      tls.trustRoots = .certificates(certificates)
    }
    var settings = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .init(patience.connecting), read: .init(patience.silence)),
      decompression: .disabled)
    settings.httpVersion = .http1Only
    // A refused connection is an answer; how often to ask again is our own decision.
    settings.connectionPool.retryConnectionEstablishment = false
    self.url = url
    self.server = server
    self.credentials = credentials
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
  }

  func close() async { try? await client.shutdown() }

  /// Asks once; gives an answer of any status whose body is still to come.
  func ask(
    _ method: HTTPMethod, _ path: String, _ fields: [(String, String)],
    body: Data? = nil, within time: Duration
  ) async throws(GatewayError) -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url.absoluteString + path)
    request.method = method
    for (name, value) in fields { request.headers.add(name: name, value: value) }
    request.headers.add(name: "User-Agent", value: "SecondLook")
    if let credentials {
      request.headers.add(name: "Authorization", value: credentials.authorization)
    }
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    do {
      return try await client.execute(request, timeout: .init(time))
    } catch { throw GatewayError(error, from: server) }
  }

  /// The whole body of an answer.
  ///
  /// - Throws: ``GatewayError/answerTooLarge(server:limit:)``, ``GatewayError/tooSlow(server:)`` if
  ///   it is not there by the end, and what the connection fails with.
  func body(
    of response: HTTPClientResponse, limit: Int, by end: ContinuousClock.Instant
  ) async throws(GatewayError) -> Data {
    var body = Data()
    do {
      for try await chunk in response.body {
        guard body.count + chunk.readableBytes <= limit else {
          throw GatewayError.answerTooLarge(server: server, limit: limit)
        }
        guard .now < end else { throw GatewayError.tooSlow(server: server) }
        body.append(contentsOf: chunk.readableBytesView)
      }
    } catch { throw GatewayError(error, from: server) }
    return body
  }
}

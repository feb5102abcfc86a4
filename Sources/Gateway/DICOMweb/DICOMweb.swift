import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The web services of one archive: search (QIDO-RS) and retrieval (WADO-RS).
///
/// Certificates are always verified and redirections never followed, so that neither credentials
/// nor the names of patients reach another host. Close it when done.
/// Source: PS3.18 10.
public struct DICOMweb: Sendable {
  public let archive: Configuration.Archive
  let patience: Patience
  private let client: HTTPClient

  /// - Throws: ``GatewayError/badAuthorities(server:)``.
  public init(
    _ archive: Configuration.Archive, patience: Patience = .usual
  ) throws(GatewayError) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    if let authorities = archive.authorities {
      guard let certificates = try? NIOSSLCertificate.fromPEMFile(authorities.path),
        !certificates.isEmpty
      else { throw .badAuthorities(server: archive.place) }
      tls.trustRoots = .certificates(certificates)
    }
    var settings = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .init(patience.connecting), read: .init(patience.silence)),
      decompression: .disabled)
    settings.httpVersion = .http1Only
    // A refused connection is an answer; how often to ask again is our own decision.
    settings.connectionPool.retryConnectionEstablishment = false
    self.archive = archive
    self.patience = patience
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
  }

  public func close() async { try? await client.shutdown() }

  /// Archive, host and port, for people.
  var server: String { archive.place }

  /// Asks once; gives an answer of status 200 or 204 whose body is still to come.
  func get(
    _ path: String, accept: String, within time: Duration
  ) async throws(GatewayError) -> HTTPClientResponse {
    var request = HTTPClientRequest(url: archive.url.absoluteString + path)
    request.headers.add(name: "Accept", value: accept)
    request.headers.add(name: "User-Agent", value: "SecondLook")
    if let credentials = archive.credentials {
      request.headers.add(name: "Authorization", value: credentials.authorization)
    }
    let response: HTTPClientResponse
    do {
      response = try await client.execute(request, timeout: .init(time))
    } catch { throw GatewayError(error, from: server) }
    switch response.status.code {
    case 200, 204: return response
    case 300..<400: throw .redirected(server: server)
    case let status: throw .refused(server: server, status: Int(status))
    }
  }
}

extension Configuration.Archive {
  /// Name, host and port, for people.
  var place: String {
    let port = url.port ?? (url.scheme == "https" ? 443 : 80)
    return "PACS “\(name)” (\(url.host() ?? ""):\(port))"
  }
}

extension GatewayError {
  /// What went wrong below us, without the addresses that such errors carry.
  init(_ error: any Error, from server: String) {
    switch error {
    case let error as GatewayError: self = error
    case let error as MultipartError: self = .brokenMultipart(server: server, error)
    case is CancellationError: self = .cancelled
    case let error as HTTPClientError: self.init(error, from: server)
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .untrusted(server: server)
    case is HTTPParserError: self = .unexpected(server: server, expected: "HTTP")
    case let error as NIOConnectionError:
      let failure = error.connectionErrors.first?.error as? IOError
      let reason = failure.map { String(cString: strerror($0.errnoCode)).lowercased() }
      self = .unreachable(server: server, reason: reason ?? "its name leads nowhere")
    case let error as IOError:
      self = .unreachable(
        server: server, reason: String(cString: strerror(error.errnoCode)).lowercased())
    default: self = .brokeOff(server: server)
    }
  }

  private init(_ error: HTTPClientError, from server: String) {
    switch error {
    case .cancelled: self = .cancelled
    case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout:
      self = .tooSlow(server: server)
    default: self = .brokeOff(server: server)
    }
  }
}

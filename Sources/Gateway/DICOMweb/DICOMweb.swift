import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The web services of one archive: search (QIDO-RS), retrieval (WADO-RS) and storing (STOW-RS).
///
/// Close it when done.
/// Source: PS3.18 10.
public struct DICOMweb: Sendable {
  public let archive: Configuration.Archive
  let patience: Patience
  let client: WebClient

  /// - Throws: ``GatewayError/badAuthorities(server:)``.
  public init(
    _ archive: Configuration.Archive, patience: Patience = .usual
  ) throws(GatewayError) {
    self.archive = archive
    self.patience = patience
    client = try WebClient(
      archive.url, called: archive.place, authorities: archive.authorities,
      credentials: archive.credentials, patience: patience)
  }

  public func close() async { await client.close() }

  /// Archive, host and port, for people.
  var server: String { archive.place }

  /// Asks once; gives an answer of status 200 or 204 whose body is still to come.
  func get(
    _ path: String, accept: String, within time: Duration
  ) async throws(GatewayError) -> HTTPClientResponse {
    let response = try await client.ask(.GET, path, [("Accept", accept)], within: time)
    switch response.status.code {
    case 200, 204: return response
    case 300..<400: throw .redirected(server: server)
    case let status: throw .refused(server: server, status: Int(status))
    }
  }
}

extension Configuration.Archive {
  /// For people.
  var place: String { "PACS \(address)" }

  /// Name, host and port.
  var address: String {
    let port = url.port ?? (url.scheme == "https" ? 443 : 80)
    return "“\(name)” (\(url.host() ?? ""):\(port))"
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
    // After the handshake: what was sent may have arrived.
    case NIOSSLError.uncleanShutdown, is BoringSSLError: self = .brokeOff(server: server)
    case is NIOSSLError, is NIOSSLExtraError: self = .untrusted(server: server)
    case is HTTPParserError: self = .unexpected(server: server, expected: "HTTP")
    case let error as NIOConnectionError:
      let failure = error.connectionErrors.first?.error as? IOError
      let reason = failure.map { String(cString: strerror($0.errnoCode)).lowercased() }
      self = .unreachable(server: server, reason: reason ?? "its name leads nowhere")
    case let error as IOError where Self.breakingOff.contains(error.errnoCode):
      self = .brokeOff(server: server)
    case let error as IOError:
      self = .unreachable(
        server: server, reason: String(cString: strerror(error.errnoCode)).lowercased())
    default: self = .brokeOff(server: server)
    }
  }

  /// How a connection that was there ends: what was sent on it may have arrived.
  private static let breakingOff: Set<CInt> = [
    ECONNRESET, EPIPE, ECONNABORTED, ETIMEDOUT, ENOTCONN,
  ]

  private init(_ error: HTTPClientError, from server: String) {
    switch error {
    case .cancelled: self = .cancelled
    case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
      self = .unreachable(server: server, reason: "no connection came about in time")
    case .readTimeout, .writeTimeout, .deadlineExceeded: self = .tooSlow(server: server)
    default: self = .brokeOff(server: server)
    }
  }
}

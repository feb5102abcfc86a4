public import Foundation
import NIOCore
import NIOSSL

/// Where a coordinator is, how it proves who it is, and how long it is waited for.
public struct CoordinatorAddress: Sendable {
  let url: URL
  /// Host and port, for people.
  public let server: String
  let tls: TLSConfiguration
  let patience: Patience

  /// How long is waited.
  public struct Patience: Sendable {
    /// For a connection, with its handshake.
    let connecting: Duration
    /// For a whole answer; the largest is one object of 5 MiB.
    let answer: Duration
    /// Between two tries, at first.
    let pause: Duration
    /// For a line that was cut while an answer was on its way.
    let cut: Duration
    /// For the answer to a heartbeat.
    ///
    /// Whoever waited for one on a dead line as long as for any other answer would be taken for gone
    /// meanwhile: there has to be time for the next one.
    let beat: Duration

    /// What a slow line needs.
    public static let usual = Patience(
      connecting: .seconds(10), answer: .seconds(120), pause: .seconds(1), cut: .seconds(900))

    public init(
      connecting: Duration, answer: Duration, pause: Duration, cut: Duration,
      beat: Duration = .seconds(10)
    ) {
      self.connecting = connecting
      self.answer = answer
      self.pause = pause
      self.cut = cut
      self.beat = beat
    }
  }

  /// - Parameters:
  ///   - url: `https://host:port`; plain `http` only on this machine.
  ///   - authority: certificates in PEM of who signs for the coordinator; the system's without.
  ///   - identity: certificate and key in PEM for a proxy that wants to know its clients.
  ///   - patience: how long it is waited for.
  /// - Throws: ``FleetError/notSecure(server:)`` and ``FleetError/unusableFile(what:reason:)``.
  public init(
    _ url: URL, authority: URL? = nil, identity: (certificate: URL, key: URL)? = nil,
    patience: Patience = .usual
  ) throws(FleetError) {
    guard let host = url.host(percentEncoded: false), !host.isEmpty,
      ["http", "https"].contains(url.scheme), ["", "/"].contains(url.path), url.query == nil,
      url.user == nil
    else {
      throw .unusableFile(
        what: "coordinator's address", reason: "it is written as https://host:8000")
    }
    let name = host.contains(":") ? "[\(host)]" : host.lowercased()
    server = "\(name):\(url.port ?? (url.scheme == "https" ? 443 : 80))"
    guard url.scheme == "https" || Self.isThisMachine(host) else {
      throw .notSecure(server: server)
    }
    self.url = url
    self.patience = patience
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    if let authority {
      guard let roots = try? NIOSSLCertificate.fromPEMFile(authority.path), !roots.isEmpty else {
        throw .unusableFile(
          what: "coordinator's authority", reason: "\(authority.path) is no certificate in PEM")
      }
      tls.trustRoots = .certificates(roots)
    }
    if let identity {
      guard let chain = try? NIOSSLCertificate.fromPEMFile(identity.certificate.path),
        !chain.isEmpty,
        let key = try? NIOSSLPrivateKey(file: identity.key.path, format: .pem)
      else {
        throw .unusableFile(
          what: "client certificate",
          reason: "\(identity.certificate.path) and \(identity.key.path) are no pair in PEM")
      }
      tls.certificateChain = chain.map { .certificate($0) }
      tls.privateKey = .privateKey(key)
    }
    self.tls = tls
  }

  /// Whether nothing that is sent there leaves this machine; names other than localhost may.
  static func isThisMachine(_ host: String) -> Bool {
    switch try? SocketAddress(ipAddress: host, port: 0) {
    case .v4(let address): address.address.sin_addr.s_addr.bigEndian >> 24 == 127
    case .v6: host == "::1"
    default: host == "localhost"
    }
  }
}

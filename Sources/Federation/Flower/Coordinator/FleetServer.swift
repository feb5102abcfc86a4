public import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Serves a coordinator to nodes over the network, stock ones of Flower among them.
public struct FleetServer: Sendable {
  private let service: FleetService
  private let host: String
  private let port: Int
  private let tls: NIOSSLContext?
  /// What each connection may take.
  var limits = ConnectionLimits()

  /// - Parameters:
  ///   - coordinator: who is served.
  ///   - host: the address it listens at.
  ///   - port: 0 for any that is free.
  ///   - identity: certificate and key in PEM; required for any address but the loopback.
  ///   - now: what nodes' clocks are held against.
  /// - Throws: ``FleetError/notSecure(server:)`` and ``FleetError/unusableFile(what:reason:)``.
  public init(
    _ coordinator: EmbeddedCoordinator, host: String = "127.0.0.1", port: Int = 0,
    identity: (certificate: URL, key: URL)? = nil, now: @escaping @Sendable () -> Date = { Date() }
  ) throws(FleetError) {
    guard identity != nil || CoordinatorAddress.isThisMachine(host) else {
      throw .notSecure(server: "\(host):\(port)")
    }
    service = FleetService(coordinator, now: now)
    self.host = host
    self.port = port
    tls = try identity.map { identity throws(FleetError) in
      let chain = try? NIOSSLCertificate.fromPEMFile(identity.certificate.path)
      guard let chain, !chain.isEmpty,
        let key = try? NIOSSLPrivateKey(file: identity.key.path, format: .pem)
      else { throw Self.unusable(identity.certificate) }
      var settings = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      settings.minimumTLSVersion = .tlsv12
      guard let context = try? NIOSSLContext(configuration: settings) else {
        throw Self.unusable(identity.certificate)
      }
      return context
    }
  }

  private static func unusable(_ certificate: URL) -> FleetError {
    .unusableFile(
      what: "coordinator's certificate",
      reason: "\(certificate.path) and its key are no pair in PEM")
  }

  /// Serves until it is cancelled; then every connection is closed.
  ///
  /// - Parameter ready: is told the port once nodes can come.
  /// - Throws: ``FleetError/unreachable(server:reason:)`` if it cannot listen there.
  public func run(_ ready: @Sendable (Int) async throws -> Void) async throws {
    let open = OpenConnections(limits)
    let listener: any NIOCore.Channel
    do {
      listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 128)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { [service, tls, limits] channel in
          channel.eventLoop.makeCompletedFuture {
            let handlers = channel.pipeline.syncOperations
            if let tls { try handlers.addHandler(NIOSSLServerHandler(context: tls)) }
            try handlers.addHandler(FirstBytes())
            // One question at a time: the next is read when the last is answered.
            try handlers.configureHTTPServerPipeline(withErrorHandling: true)
            try handlers.addHandler(FleetConnection(service, open, limits))
          }
        }
        .bind(host: host, port: port).get()
    } catch {
      throw FleetError.unreachable(
        server: "\(host):\(port)", reason: "it cannot listen there, another program may")
    }
    let end: Result<Void, any Error>
    do {
      try await ready(listener.localAddress?.port ?? port)
      try await withTaskCancellationHandler {
        try await listener.closeFuture.get()
      } onCancel: {
        listener.close(promise: nil)
      }
      end = .success(())
    } catch { end = .failure(error) }
    try? await listener.close()
    open.closeAll()
    try end.get()
    try Task.checkCancellation()
  }
}

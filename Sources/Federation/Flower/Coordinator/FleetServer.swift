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

  /// The longest request: one object with what is around it, or the tree of an answer.
  private static let longestBody = 8 << 20
  private static let mostConnections = 256

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

  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  /// Serves until it is cancelled.
  ///
  /// - Parameter ready: is told the port once nodes can come.
  /// - Throws: ``FleetError/unreachable(server:reason:)`` if it cannot listen there.
  public func run(_ ready: @Sendable (Int) async throws -> Void) async throws {
    let listener: NIOAsyncChannel<Connection, Never>
    do {
      listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 128)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: host, port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            let handlers = channel.pipeline.syncOperations
            if let tls { try handlers.addHandler(NIOSSLServerHandler(context: tls)) }
            try handlers.addHandler(IdleStateHandler(readTimeout: .seconds(75)))
            try handlers.configureHTTPServerPipeline(withErrorHandling: true)
            try handlers.addHandler(SilenceEnds())
            return try Connection(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw FleetError.unreachable(
        server: "\(host):\(port)", reason: "it cannot listen there, another program may")
    }
    let open = OpenConnections(most: Self.mostConnections)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await listener.executeThenClose { connections in
          try await withThrowingDiscardingTaskGroup { group in
            for try await connection in connections {
              guard open.enter() else {
                group.addTask { try? await connection.executeThenClose { _, _ in } }
                continue
              }
              group.addTask {
                defer { open.leave() }
                // One that breaks off is its own affair.
                try? await serve(connection)
              }
            }
          }
        }
      }
      try await ready(listener.channel.localAddress?.port ?? port)
      try await group.next()
    }
  }

  private func serve(_ connection: Connection) async throws {
    try await connection.executeThenClose { inbound, outbound in
      var head: HTTPRequestHead?
      var body: [UInt8] = []
      for try await part in inbound {
        switch part {
        case .head(let next):
          head = next
          body = []
        case .body(let bytes):
          guard body.count + bytes.readableBytes <= Self.longestBody else {
            if let head { try await outbound.refuse(.tooLong, head, isLast: true) }
            return
          }
          body += bytes.readableBytesView
        case .end:
          guard let asked = head else { return }
          head = nil
          guard asked.method == .POST else {
            try await outbound.refuse(.noSuchCall, asked)
            continue
          }
          let answer: [UInt8]
          do throws(FleetRefusal) {
            answer = try await service.answer(asked.uri, body) { asked.headers.first(name: $0) }
          } catch {
            try await outbound.refuse(error, asked)
            continue
          }
          try await outbound.answer(.ok, "application/protobuf", answer, to: asked)
          body = []
          guard asked.isKeepAlive else { return }
        }
      }
    }
  }
}

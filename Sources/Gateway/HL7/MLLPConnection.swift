import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Radiology

/// One message to one system, and its answer.
struct MLLPConnection {
  let node: MLLPNode
  /// Name, host and port, for people.
  let server: String
  let patience: Patience

  /// Sends a message and waits for the answer.
  ///
  /// - Throws: ``DeliveryProblem`` or `CancellationError`.
  func exchange(_ message: [UInt8]) async throws -> [UInt8] {
    let channel = try await connected()
    do {
      return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
        group.addTask {
          try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(MLLPFrame.around(message))
            for try await answer in inbound { return Array(answer.readableBytesView) }
            return nil
          }
        }
        group.addTask { [patience] in
          try await Task.sleep(for: patience.silence)
          throw GatewayError.tooSlow(server: server)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let answer = first else {
          try Task.checkCancellation()
          throw GatewayError.brokeOff(server: server)
        }
        return answer
      }
    } catch is MLLPFrame.TooLong {
      throw DeliveryProblem(.unexpected, "\(server) answers with more than any answer is.")
    } catch is BoringSSLError {
      // With TLS 1.3 a server looks at our certificate after we have begun to speak.
      throw DeliveryProblem(
        .silent,
        "\(server) broke the secured connection off before it answered; it may want a certificate of "
          + "ours, or another one.")
    } catch { throw try DeliveryProblem(GatewayError(error, from: server), wasSent: true) }
  }

  /// Connects, with TLS to the end of its handshake, and hangs up.
  func check() async throws {
    let channel = try await connected()
    try? await channel.executeThenClose { _, _ in }
  }

  private typealias Conversation = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private func connected() async throws -> Conversation {
    do {
      let tls = try node.tls.map(context)
      let isName = (try? SocketAddress(ipAddress: node.host, port: node.port)) == nil
      let connecting = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.init(patience.connecting))
      let (channel, secured) = try await connecting.connect(host: node.host, port: node.port) {
        channel in
        let secured = channel.eventLoop.makePromise(of: Void.self)
        return channel.eventLoop.makeCompletedFuture {
          let handlers = channel.pipeline.syncOperations
          if let tls {
            try handlers.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: isName ? node.host : nil))
            // A peer that says nothing would keep its document, and the end of the agent, waiting.
            let late = channel.eventLoop.scheduleTask(in: .init(patience.connecting)) {
              secured.fail(GatewayError.tooSlow(server: server))
            }
            secured.futureResult.whenComplete { _ in late.cancel() }
            try handlers.addHandler(HandshakeWatch(secured))
          } else {
            secured.succeed()
          }
          try handlers.addHandler(ByteToMessageHandler(MLLPDecoder()))
          return (
            try Conversation(wrappingChannelSynchronously: channel), secured.futureResult
          )
        }
      }
      do { try await secured.get() } catch {
        try? await channel.executeThenClose { _, _ in }
        throw error
      }
      return channel
    } catch { throw try DeliveryProblem(GatewayError(error, from: server), wasSent: false) }
  }

  private func context(_ trust: Configuration.Trust) throws -> NIOSSLContext {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    guard let authorities = try? NIOSSLCertificate.fromPEMFile(trust.authorities.path),
      !authorities.isEmpty
    else { throw GatewayError.badAuthorities(server: server) }
    tls.trustRoots = .certificates(authorities)
    if let certificate = trust.certificate, let key = trust.key {
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.path)
        .map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key.path, format: .pem))
    }
    return try NIOSSLContext(configuration: tls)
  }
}

/// Tells when TLS is agreed upon: before that nothing of a patient is sent.
private final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  private let secured: EventLoopPromise<Void>

  init(_ secured: EventLoopPromise<Void>) { self.secured = secured }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { secured.succeed() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    secured.fail(error)
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    secured.fail(ChannelError.eof)
    context.fireChannelInactive()
  }

  /// An attempt to connect that came to nothing never becomes active.
  func handlerRemoved(context: ChannelHandlerContext) { secured.fail(ChannelError.eof) }
}

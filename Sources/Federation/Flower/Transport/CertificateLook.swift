import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Finds words for a certificate that was refused.
///
/// TLS says only that it was. So the server is asked for it once more, looked at, and hung up on
/// before the handshake is over: nothing is sent to it.
struct CertificateLook {
  private let address: CoordinatorAddress

  init(_ address: CoordinatorAddress) { self.address = address }

  func verdict(on error: any Error) async -> FleetError {
    let text = "\(error)"
    if text.contains("EOF during handshake") { return .brokeOff(server: address.server) }
    if text.contains("failedToValidateHostname") {
      return .untrusted(
        server: address.server,
        reason: "its certificate is for another host. Check the address, and ask the coordinator "
          + "under which name it has its certificate")
    }
    guard text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidate") else {
      // An alert of the server's: without a certificate, or with one that it does not like.
      return text.contains("ALERT") && text.contains("CERT")
        ? .certificateRefused(server: address.server)
        : .untrusted(server: address.server, reason: "it does not speak TLS as it should")
    }
    guard let seen = try? await certificate() else {
      return .untrusted(server: address.server, reason: "its certificate does not hold")
    }
    let now = Date().timeIntervalSince1970
    let day = Date(timeIntervalSince1970: TimeInterval(seen.notValidAfter))
      .formatted(.iso8601.year().month().day())
    if TimeInterval(seen.notValidAfter) < now {
      return .untrusted(
        server: address.server,
        reason: "its certificate ended on \(day). Ask the coordinator to renew it")
    }
    if TimeInterval(seen.notValidBefore) > now {
      return .untrusted(
        server: address.server,
        reason: "its certificate is not valid yet. See whether this machine's clock is right")
    }
    return .untrusted(
      server: address.server,
      reason: "its certificate is signed by another authority than the one that was given. Ask the "
        + "coordinator for its authority's file")
  }

  private func certificate() async throws -> NIOSSLCertificate? {
    let group = MultiThreadedEventLoopGroup.singleton
    let host = address.url.host(percentEncoded: false) ?? ""
    let done = group.any().makePromise(of: NIOSSLCertificate?.self)
    var settings = TLSConfiguration.makeClientConfiguration()
    settings.certificateVerification = .noHostnameVerification
    let context = try NIOSSLContext(configuration: settings)
    let isName = (try? SocketAddress(ipAddress: host, port: 0)) == nil
    let connecting = ClientBootstrap(group: group)
      .connectTimeout(.init(address.patience.connecting))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = try NIOSSLClientHandler(
            context: context, serverHostname: isName ? host : nil,
            customVerificationCallback: { chain, verdict in
              done.succeed(chain.first)
              verdict.succeed(.failed)
            })
          try channel.pipeline.syncOperations.addHandler(handler)
          channel.closeFuture.whenComplete { _ in done.succeed(nil) }
        }
      }
    // Who accepts and then says nothing would be waited for without end.
    let patience = done.futureResult.eventLoop.scheduleTask(
      in: .init(address.patience.connecting)
    ) { done.succeed(nil) }
    defer { patience.cancel() }
    let channel: (any NIOCore.Channel)?
    do {
      channel = try await connecting.connect(host: host, port: address.url.port ?? 443).get()
    } catch {
      channel = nil
      done.succeed(nil)
    }
    let certificate = try await done.futureResult.get()
    channel?.close(promise: nil)
    return certificate
  }
}

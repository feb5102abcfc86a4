import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

extension NIOAsyncChannelOutboundWriter<HTTPServerResponsePart> {
  func answer(
    _ status: HTTPResponseStatus, _ type: String, _ body: [UInt8], to asked: HTTPRequestHead,
    isLast: Bool = false
  ) async throws {
    var head = HTTPResponseHead(version: asked.version, status: status)
    head.headers.add(name: "Content-Type", value: type)
    head.headers.add(name: "Content-Length", value: "\(body.count)")
    // A node whose clock is wrong finds out by it.
    head.headers.add(name: "Date", value: HTTPDate.text(Date()))
    if isLast || !asked.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
    try await write(.head(head))
    try await write(.body(.byteBuffer(ByteBuffer(bytes: body))))
    try await write(.end(nil))
  }

  /// Says no, as Flower's own server words it.
  func refuse(
    _ refusal: FleetRefusal, _ asked: HTTPRequestHead, isLast: Bool = false
  ) async throws {
    let (status, code, detail) = refusal.wire
    let number = code.map { "\"code\":\($0)," } ?? ""
    try await answer(
      HTTPResponseStatus(statusCode: status), "application/json",
      Array("{\(number)\"detail\":\"\(detail)\"}".utf8), to: asked, isLast: isLast)
  }
}

/// Hangs up on who says nothing any more.
final class SilenceEnds: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}

/// How many are connected, and whether one more may.
final class OpenConnections: Sendable {
  private let count = Mutex(0)
  private let most: Int

  init(most: Int) { self.most = most }

  func enter() -> Bool {
    count.withLock { count in
      guard count < most else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}

import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// One connection of a node: a question is read to its end, then answered.
final class FleetConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// The longest question: one object with what is around it, or the tree of an answer.
  private static let longestBody = 8 << 20

  private let service: FleetService
  private let open: OpenConnections
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ service: FleetService, _ open: OpenConnections) {
    self.service = service
    self.open = open
  }

  func channelActive(context: ChannelHandlerContext) {
    if !open.enter(context.channel) { context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    open.leave(context.channel)
    context.fireChannelInactive()
  }

  /// Hangs up on who says nothing any more.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let next):
      head = next
      body = []
    case .body(let bytes):
      // What comes after it was refused is not kept.
      guard let asked = head else { return }
      guard body.count + bytes.readableBytes <= Self.longestBody else {
        head = nil
        body = []
        return write(FleetAnswer(.tooLong), to: asked, context, isLast: true)
      }
      body += bytes.readableBytesView
    case .end:
      guard let asked = head else { return }
      let question = body
      head = nil
      body = []
      context.eventLoop.makeFutureWithTask { [service] in
        await FleetAnswer(of: service, to: asked, question)
      }.assumeIsolated().whenSuccess { answer in
        self.write(answer, to: asked, context, isLast: !asked.isKeepAlive)
      }
    }
  }

  private func write(
    _ answer: FleetAnswer, to asked: HTTPRequestHead, _ context: ChannelHandlerContext,
    isLast: Bool
  ) {
    var head = HTTPResponseHead(version: asked.version, status: answer.status)
    head.headers.add(name: "Content-Type", value: answer.type)
    head.headers.add(name: "Content-Length", value: "\(answer.body.count)")
    // A node whose clock is wrong finds out by it.
    head.headers.add(name: "Date", value: HTTPDate.text(Date()))
    if isLast { head.headers.add(name: "Connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(
      wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    let written = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    if isLast {
      written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }
}

/// What a node is answered.
struct FleetAnswer: Sendable {
  let status: HTTPResponseStatus
  let type: String
  let body: [UInt8]

  /// Whatever the service makes of a question.
  init(of service: FleetService, to asked: HTTPRequestHead, _ question: [UInt8]) async {
    do throws(FleetRefusal) {
      guard asked.method == .POST else { throw .noSuchCall }
      self.init(
        .ok, "application/protobuf",
        try await service.answer(asked.uri, question) { asked.headers.first(name: $0) })
    } catch { self.init(error) }
  }

  private init(_ status: HTTPResponseStatus, _ type: String, _ body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  /// A no, as Flower's own server words it.
  init(_ refusal: FleetRefusal) {
    let (status, code, detail) = refusal.wire
    let number = code.map { "\"code\":\($0)," } ?? ""
    self.init(
      HTTPResponseStatus(statusCode: status), "application/json",
      Array("{\(number)\"detail\":\"\(detail)\"}".utf8))
  }
}

/// Who is connected, and whether one more may be.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any NIOCore.Channel] = [:]
    var isOver = false
  }

  private let state = Mutex(State())
  private let most: Int

  init(most: Int) { self.most = most }

  func enter(_ channel: any NIOCore.Channel) -> Bool {
    state.withLock { state in
      guard !state.isOver, state.channels.count < most else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  func leave(_ channel: any NIOCore.Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  /// Hangs up on everybody, and on whoever comes after.
  func closeAll() {
    let channels = state.withLock { state in
      state.isOver = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
  }
}

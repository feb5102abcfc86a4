import Foundation
import NIOCore
import NIOHTTP1

/// One connection of a node: a question is read to its end, then answered.
///
/// Who asks is checked at the head, and only then is a body kept. Everything has its time; who takes
/// longer is hung up on.
final class FleetConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// A question on its way here.
  private struct Arriving {
    let head: HTTPRequestHead
    let question: Result<FleetGate.Question, FleetRefusal>

    var longestBody: Int { (try? question.get())?.call.longestBody ?? FleetCall.shortBody }
  }

  private enum Stage {
    /// For a head, of which some may be here.
    case waiting(hasBegun: Bool)
    case reading(Arriving)
    case answering
    /// Nothing more is read.
    case over
  }

  private let service: FleetService
  private let open: OpenConnections
  private let limits: ConnectionLimits
  private var stage = Stage.waiting(hasBegun: true)
  /// What came of a body, and its length with what was not kept.
  private var body: [UInt8] = []
  private var length = 0
  private var deadline: Scheduled<Void>?

  init(_ service: FleetService, _ open: OpenConnections, _ limits: ConnectionLimits) {
    self.service = service
    self.open = open
    self.limits = limits
  }

  func channelActive(context: ChannelHandlerContext) {
    // A handshake is part of the first question's time.
    allow(limits.head, context)
    if !open.enter(context.channel) { context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    open.leave(context.channel)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is FirstBytes.Came, case .waiting(hasBegun: false) = stage {
      stage = .waiting(hasBegun: true)
      allow(limits.head, context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Hangs up unless something else is allowed within that time.
  private func allow(_ time: Duration, _ context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .init(time)) {
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), stage) {
    case (.head(let head), .waiting): begin(head, context)
    case (.body(let bytes), .reading(let arriving)): read(bytes, arriving, context)
    case (.end, .reading(let arriving)): finish(arriving, context)
    // What comes after the last answer.
    default: break
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let question: Result<FleetGate.Question, FleetRefusal>
    do throws(FleetRefusal) {
      guard head.method == .POST else { throw .noSuchCall }
      question = .success(
        try service.gate.admit(head.uri) { head.headers.first(name: $0) })
    } catch { question = .failure(error) }
    let arriving = Arriving(head: head, question: question)
    let size = head.headers.first(name: "Content-Length").flatMap { Int($0) }
    guard size ?? 0 <= arriving.longestBody else { return refuse(arriving, context) }
    allow(limits.time(for: size ?? arriving.longestBody), context)
    body = []
    length = 0
    stage = .reading(arriving)
  }

  private func read(
    _ bytes: ByteBuffer, _ arriving: Arriving, _ context: ChannelHandlerContext
  ) {
    length += bytes.readableBytes
    guard length <= arriving.longestBody else { return refuse(arriving, context) }
    if case .success = arriving.question { body += bytes.readableBytesView }
  }

  /// Refuses what is too long to be read to its end.
  private func refuse(_ arriving: Arriving, _ context: ChannelHandlerContext) {
    body = []
    var refusal = FleetRefusal.tooLong
    if case .failure(let earlier) = arriving.question { refusal = earlier }
    write(FleetAnswer(refusal), to: arriving.head, context, isLast: true)
  }

  private func finish(_ arriving: Arriving, _ context: ChannelHandlerContext) {
    stage = .answering
    deadline?.cancel()
    let head = arriving.head
    let body = body
    self.body = []
    switch arriving.question {
    case .failure(let refusal):
      write(FleetAnswer(refusal), to: head, context, isLast: !head.isKeepAlive)
    case .success(let question):
      context.eventLoop.makeFutureWithTask { [service] in
        await FleetAnswer(of: service, to: question, body)
      }.assumeIsolated().whenSuccess { answer in
        self.write(answer, to: head, context, isLast: !head.isKeepAlive)
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
    allow(limits.time(for: answer.body.count), context)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(
      wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    // Before the end is written: the next question may be here already, and comes at once.
    stage = isLast ? .over : .waiting(hasBegun: false)
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in
      if isLast { return context.close(promise: nil) }
      guard case .waiting(hasBegun: false) = self.stage else { return }
      self.allow(self.limits.idle, context)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }
}

import NIOCore

/// Says when bytes come: where HTTP begins, a head that is not whole yet is not heard of.
final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  struct Came: Sendable {}

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.fireUserInboundEventTriggered(Came())
    context.fireChannelRead(data)
  }
}

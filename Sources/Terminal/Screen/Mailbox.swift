import CTerminal
import Synchronization

/// Where tasks leave messages for the run loop.
///
/// Any task or thread may post; posting never waits. The first message into an empty mailbox wakes
/// ``Terminal/wait(timeout:)``, so a storm of messages costs one wake-up. Order is kept.
public final class Mailbox<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])

  public init() {}

  public func post(_ message: Message) {
    let wasEmpty = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    if wasEmpty { ct_wake() }
  }

  /// Everything posted since the last time, oldest first.
  public func drain() -> [Message] {
    messages.withLock { messages in
      let all = messages
      messages = []
      return all
    }
  }
}

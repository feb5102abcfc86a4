public import Foundation
public import Gateway
public import Store

/// What the agent was started with, kept in the store so that any process can say it.
public struct AgentFootprint: Codable, Sendable {
  /// The folder it takes images from.
  public let inbox: String
  /// Title, address and port of the receiver; none if it has none.
  public let receiver: String?

  private static let key = "agent.started"

  public init(inbox: URL, receiver: Configuration.Receiver?) {
    self.inbox = inbox.path
    self.receiver = receiver.map(Self.place)
  }

  /// What was saved last; none if no agent ever saved it.
  public init?(in store: Store) throws {
    guard let text = try store.value(forKey: Self.key),
      let saved = try? JSONDecoder().decode(Self.self, from: Data(text.utf8))
    else { return nil }
    self = saved
  }

  public func save(in store: Store) throws {
    try store.set(String(decoding: JSONEncoder().encode(self), as: UTF8.self), forKey: Self.key)
  }

  /// `SECONDLOOK at 0.0.0.0:11112`.
  public static func place(_ receiver: Configuration.Receiver) -> String {
    "\(receiver.title) at \(receiver.address):\(receiver.port)"
  }
}

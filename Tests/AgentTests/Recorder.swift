import Crypto
@testable import Federation
import Synchronization

/// Keeps every byte that passes between the coordinator and the sites, in order.
final class Recorder: Sendable {
  struct Message: Sendable {
    let site: String
    /// Whether the site sent it, or got it.
    let isFromSite: Bool
    let bytes: [UInt8]
  }

  private let kept = Mutex<[Message]>([])
  var messages: [Message] { kept.withLock { $0 } }

  /// A channel that carries what `inner` carries, and keeps it.
  func channel(over inner: any Channel) -> any Channel { Tap(recorder: self, inner: inner) }

  private struct Tap: Channel {
    let recorder: Recorder
    let inner: any Channel

    func carry(_ message: [UInt8], to site: String) async throws -> [UInt8] {
      recorder.keep(Message(site: site, isFromSite: false, bytes: message))
      let answer = try await inner.carry(message, to: site)
      recorder.keep(Message(site: site, isFromSite: true, bytes: answer))
      return answer
    }
  }

  private func keep(_ message: Message) { kept.withLock { $0.append(message) } }
}

/// The same keys whenever they are asked for, so that a test can sign as a site.
struct Keys: Sendable {
  private let keys: [String: P256.Signing.PrivateKey]

  init(_ names: [String]) {
    keys = Dictionary(uniqueKeysWithValues: names.map { ($0, P256.Signing.PrivateKey()) })
  }

  func callAsFunction(_ name: String) -> P256.Signing.PrivateKey {
    keys[name] ?? P256.Signing.PrivateKey()
  }
}

/// A site that is not what it seems: it changes its answers before it signs them.
struct FalseSite: Party {
  let honest: any Party
  let key: P256.Signing.PrivateKey
  let change: @Sendable (inout [UInt8]) -> Void

  var name: String { honest.name }

  func answer(_ message: [UInt8]) async throws -> [UInt8] {
    var bytes = Array(try await honest.answer(message).dropLast(64))
    change(&bytes)
    return bytes + (try sign(bytes, with: key))
  }
}

/// A site that does not answer messages that begin so.
struct DeafSite: Party {
  struct Deaf: Error, CustomStringConvertible { let description = "The line is dead." }

  let honest: any Party
  let magic: String

  var name: String { honest.name }

  func answer(_ message: [UInt8]) async throws -> [UInt8] {
    if message.starts(with: Array(magic.utf8)) { throw Deaf() }
    return try await honest.answer(message)
  }
}

import Crypto
import Foundation
import Synchronization

/// Decides by the head of a question whether it is listened to, before any of its body is kept.
struct FleetGate: Sendable {
  let members: MemberKeys
  let now: @Sendable () -> Date
  let seen = SeenProofs()

  /// A question whose asker proved who it is.
  struct Question: Sendable {
    let call: FleetCall
    /// As ``NodeKey/publicPEM``.
    let key: String
    let signed: Date
  }

  /// - Throws: ``FleetRefusal``.
  func admit(
    _ path: String, field: (String) -> String?
  ) throws(FleetRefusal) -> Question {
    guard let call = FleetCall(path: path) else { throw .noSuchCall }
    guard field("content-type") == "application/protobuf" else { throw .notProtobuf }
    let date = now()
    guard
      let proof = NodeProof(
        key: field("flwr-public-key"), timestamp: field("flwr-timestamp"),
        signature: field("flwr-signature"), at: date)
    else { throw .notAuthenticated }
    switch members.status(of: proof) {
    // The signature says nothing of the call: one that was seen already is a replay.
    case .member: guard seen.note(proof, at: date) else { throw .notAuthenticated }
    // Nothing is noted of strangers, or they could fill the memory.
    case .stranger: guard call.isForStrangers else { throw .notAuthenticated }
    case .outdated: throw .notAuthenticated
    }
    return Question(call: call, key: proof.key, signed: proof.signed)
  }
}

/// Proofs that were believed, for as long as they would be again.
final class SeenProofs: Sendable {
  private struct Seen {
    /// When each is no longer believed anyway.
    var ends: [SHA256Digest: Date] = [:]
    var nextSweep = Date.distantPast
  }

  private let seen = Mutex(Seen())

  /// How many are remembered.
  var count: Int { seen.withLock { $0.ends.count } }

  /// Whether it is the first time.
  func note(_ proof: NodeProof, at now: Date) -> Bool {
    let name = SHA256.hash(data: Data("\(proof.timestamp) \(proof.key)".utf8))
    return seen.withLock { seen in
      if now >= seen.nextSweep {
        seen.ends = seen.ends.filter { $0.value >= now }
        seen.nextSweep = now + 60
      }
      return seen.ends.updateValue(proof.signed + NodeProof.window.upperBound, forKey: name) == nil
    }
  }
}

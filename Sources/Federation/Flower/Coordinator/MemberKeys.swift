import Foundation
import Synchronization

/// The keys of a coordinator's members, each with the time after which its signatures count.
///
/// A key that was let in may have signed questions as a stranger: those were not noted, and whoever
/// saw one could ask it again.
final class MemberKeys: Sendable {
  enum Status { case member, stranger, outdated }

  private let since = Mutex<[String: Date]>([:])

  func add(_ key: String, after moment: Date = .distantPast) {
    since.withLock { $0[key] = moment }
  }

  func remove(_ key: String) { since.withLock { $0[key] = nil } }

  /// Whose a proof is; one that is outdated is nobody's.
  func status(of proof: NodeProof) -> Status {
    guard let since = since.withLock({ $0[proof.key] }) else { return .stranger }
    return proof.signed > since ? .member : .outdated
  }
}

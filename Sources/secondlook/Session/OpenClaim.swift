import Foundation
import Radiology
import Store
import Synchronization
import Terminal
import Workstation

/// The claim of one session on the study it has open, and what it knows of it.
final class OpenClaim: Sendable {
  private let store: Store
  private let reader: String
  /// Whoever may decide nothing needs no claim, and takes none from a reader.
  private let isReadOnly: Bool
  private let mailbox: Mailbox<Message>
  /// The study, and its review as the store holds it.
  private let opened = Mutex<(study: Study.ID, review: Review?)?>(nil)
  /// Reviews of studies that were left, as this session last saw them in the store: one that was
  /// refused by a full disk is tried again later, and replaces no other.
  private let left = Mutex<[Study.ID: Review]>([:])
  /// The study has passed to another session, and the workstation was told.
  private let isLost = Mutex(false)

  init(_ store: Store, reader: String, isReadOnly: Bool, mailbox: Mailbox<Message>) {
    self.store = store
    self.reader = reader
    self.isReadOnly = isReadOnly
    self.mailbox = mailbox
  }

  /// Claims a study for the reader, and answers who else has it if somebody came first.
  func begin(_ id: Study.ID) throws -> Lease? {
    leave()
    guard !isReadOnly else { return nil }
    let lease = try store.claim(id, by: reader, at: Date())
    guard store.holds(lease) else { return lease }
    try hold(id)
    return nil
  }

  /// Takes a study from whoever has it.
  func takeOver(_ id: Study.ID, because reason: String) throws {
    leave()
    guard !isReadOnly else { throw StoreError.claimLost }
    try store.takeOver(id, by: reader, because: reason, at: Date())
    try hold(id)
  }

  /// From now on the study is this session's own.
  private func hold(_ id: Study.ID) throws {
    let review = try store.review(of: id)
    opened.withLock { $0 = (id, review) }
    isLost.withLock { $0 = false }
  }

  /// Tells the workstation, once, that somebody has taken the open study.
  func noticeLoss() {
    guard let id = opened.withLock({ $0?.study }) else { return }
    // Posted under the lock: whoever finds the loss noticed finds it told as well.
    isLost.withLock { isLost in
      guard !isLost else { return }
      let lease: Lease?
      // A store that cannot be asked now says so to whoever saves next.
      do { lease = try store.lease(of: id) } catch { return }
      if let lease, store.holds(lease) { return }
      isLost = true
      let who =
        lease.map { "Taken over by \($0.reader)" } ?? "The study was in other hands meanwhile"
      mailbox.post(.takenOver(id, who + (lease?.reason.map { ": \($0)." } ?? ".")))
    }
  }

  /// A lease that cannot be renewed now is renewed the next time, long before it ends.
  func beat() {
    guard let id = opened.withLock({ $0?.study }), !isLost.withLock({ $0 }) else { return }
    if (try? store.renew(id)) == false { noticeLoss() }
  }

  /// A lease that cannot be given back ends by itself.
  func leave() {
    opened.withLock { opened in
      if let opened {
        try? store.release(opened.study)
        left.withLock { $0[opened.study] = opened.review }
      }
      opened = nil
    }
  }

  /// Leaves a study, if it is the open one.
  func leave(_ id: Study.ID) {
    if opened.withLock({ $0?.study == id }) { leave() }
  }

  /// The review as this session last saw it in the store.
  func known(_ id: Study.ID) -> Review? {
    opened.withLock { $0?.study == id ? $0?.review : left.withLock { $0[id] } }
  }

  /// What the store holds now, because this session has saved it.
  func note(_ review: Review) {
    opened.withLock {
      if $0?.study == review.study {
        $0?.review = review
      } else {
        left.withLock { $0[review.study] = review }
      }
    }
  }
}

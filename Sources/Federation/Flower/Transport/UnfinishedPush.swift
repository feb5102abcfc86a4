import Synchronization

/// What a coordinator wants of an answer, and in which session of its own.
struct WantedObjects: Sendable {
  var names: Set<String>
  let session: String
  /// Whether it was wanted when a line was cut, in the middle of the first object.
  var isRest = false
}

/// What is left of an answer whose sending was cut off.
///
/// A SuperLink forgets whom it asked as soon as its application has heard that there is an answer,
/// before its objects are there: whoever announces it again is told that nothing is wanted. For
/// three minutes it waits for the objects all the same, in the session in which it wanted them.
final class UnfinishedPush: Sendable {
  private let push = Mutex<(answer: ObjectID, wanted: WantedObjects)?>(nil)

  func begin(_ wanted: WantedObjects, of answer: ObjectID) {
    push.withLock { $0 = (answer, wanted) }
  }

  func note(_ object: String) { push.withLock { _ = $0?.wanted.names.remove(object) } }

  func end() { push.withLock { $0 = nil } }

  /// None if nothing of the answer is left, or its sending did not begin here.
  func rest(of answer: ObjectID) -> WantedObjects? {
    push.withLock { push in
      guard let push, push.answer == answer, !push.wanted.names.isEmpty else { return nil }
      var rest = push.wanted
      rest.isRest = true
      return rest
    }
  }
}

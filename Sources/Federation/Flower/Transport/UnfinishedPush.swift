import Foundation
import Synchronization

/// What a coordinator wants of an answer, and in which session of its own.
struct WantedObjects: Sendable, Codable {
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
  private struct Push: Codable {
    let answer: String
    var wanted: WantedObjects
  }

  private let push: Mutex<Push?>
  private let place: URL?

  /// Kept in a file at that place, which need not be there; in memory alone where there is none.
  ///
  /// Nothing depends on the file: one that cannot be written or read costs what a kill would have
  /// cost without it.
  init(at place: URL? = nil) {
    self.place = place
    push = Mutex(place.flatMap(Self.read))
  }

  func begin(_ wanted: WantedObjects, of answer: ObjectID) {
    let begun = Push(answer: answer.description, wanted: wanted)
    push.withLock { $0 = begun }
    guard let place, let line = try? JSONEncoder().encode(begun) else { return }
    try? DurableFile.put([UInt8](line) + Array("\n".utf8), at: place, synced: false)
  }

  func note(_ object: String) {
    push.withLock { _ = $0?.wanted.names.remove(object) }
    guard let place, let file = try? FileHandle(forWritingTo: place) else { return }
    defer { try? file.close() }
    _ = try? file.seekToEnd()
    try? file.write(contentsOf: Data("\(object)\n".utf8))
  }

  func end() {
    push.withLock { $0 = nil }
    if let place { try? FileManager.default.removeItem(at: place) }
  }

  /// None if nothing of the answer is left, or its sending did not begin here.
  func rest(of answer: ObjectID) -> WantedObjects? {
    push.withLock { push in
      guard let push, push.answer == answer.description, !push.wanted.names.isEmpty else {
        return nil
      }
      var rest = push.wanted
      rest.isRest = true
      return rest
    }
  }

  /// What was begun, without what is noted in the lines that follow.
  private static func read(_ place: URL) -> Push? {
    guard let bytes = try? Data(contentsOf: place) else { return nil }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, var push = try? JSONDecoder().decode(Push.self, from: first)
    else { return nil }
    push.wanted.names.subtract(lines.dropFirst().map { String(decoding: $0, as: UTF8.self) })
    return push
  }
}

import Synchronization

/// What a closure was told, in order.
final class Told: Sendable {
  private let all = Mutex<[String]>([])

  var words: [String] { all.withLock { $0 } }
  func add(_ word: String) { all.withLock { $0.append(word) } }
}

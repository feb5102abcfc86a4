/// One turn of the ring: it watches one query of the store, does the work, saves one result.
///
/// Stages never call each other. What a crash leaves undone is still in the query.
public protocol Stage: Sendable {
  /// Short, for the status screen: `ingest`, `read`, `learn`, `sync`, `deliver`.
  var name: String { get }
  /// Does all the work there is now.
  ///
  /// - Returns: how many pieces were done.
  func drain() async throws -> Int
  /// Whether it knows itself when to try again what failed, and is asked as often as ever meanwhile.
  var repeatsItself: Bool { get }
  /// Waits until there may be work again, at most this long; returns at once when cancelled.
  func wait(atMost time: Duration) async
}

extension Stage {
  public var repeatsItself: Bool { false }
  public func wait(atMost time: Duration) async { try? await Task.sleep(for: time) }
}

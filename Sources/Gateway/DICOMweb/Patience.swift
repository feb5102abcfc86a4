/// How long another system is waited for, and how often it is asked again.
public struct Patience: Sendable {
  /// For a connection, with its handshake.
  let connecting: Duration
  /// For the next bytes of an answer.
  let silence: Duration
  /// For a whole answer to a search.
  let search: Duration
  /// For all objects of one request.
  let retrieval: Duration
  /// Requests in all, the first one counted.
  let attempts: Int
  /// Before the second request; doubles from there.
  let firstPause: Duration
  let longestPause: Duration

  /// What people at a hospital put up with.
  public static let usual = Patience(
    connecting: .seconds(10), silence: .seconds(30), search: .seconds(60),
    retrieval: .seconds(3600),
    attempts: 4, firstPause: .milliseconds(500), longestPause: .seconds(8))

  /// What a delivery is given, which is tried again by the outbox.
  public static let once = Patience(
    connecting: .seconds(10), silence: .seconds(60), search: .seconds(60), retrieval: .seconds(300),
    attempts: 1, firstPause: .zero, longestPause: .zero)

  /// One quick question, for somebody who waits for the answer.
  public static let probe = Patience(
    connecting: .seconds(5), silence: .seconds(5), search: .seconds(10), retrieval: .seconds(10),
    attempts: 1, firstPause: .zero, longestPause: .zero)
}

/// The requests that are left of a ``Patience``.
struct Retries {
  private let patience: Patience
  private var made = 1
  private var pause: Duration

  init(_ patience: Patience) {
    self.patience = patience
    pause = patience.firstPause
  }

  /// Waits before the next request.
  ///
  /// - Throws: the error, if it will not pass or there were enough requests.
  mutating func wait(after error: GatewayError) async throws(GatewayError) {
    guard error.isPassing, made < patience.attempts else { throw error }
    made += 1
    do { try await Task.sleep(for: pause) } catch { throw .cancelled }
    pause = min(pause * 2, patience.longestPause)
  }
}

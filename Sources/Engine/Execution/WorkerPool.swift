import Foundation

/// A few threads that share out numbered items; they sleep between calls and never spin.
///
/// The caller works too, so a pool of one has no threads of its own. Which thread takes which
/// item is left to chance; the items must not care.
final class WorkerPool {
  typealias Body = (_ item: Int, _ worker: Int) throws(EngineError) -> Void

  /// Workers including the caller, who is number 0.
  let workers: Int
  private let board = Board()

  init(workers: Int) {
    precondition(workers > 0, "a pool has at least its caller")
    self.workers = workers
    for worker in 1..<max(workers, 1) {
      let thread = Thread { [board] in board.serve(as: worker) }
      thread.name = "engine \(worker)"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  deinit { board.close() }

  /// Runs the body for 0..<items and returns when all are done; throws the lowest item's error.
  func run(_ items: Int, _ body: Body) throws(EngineError) {
    try withoutOpenMPTeam { () throws(EngineError) in
      if workers == 1 || items == 1 {
        for item in 0..<items { try body(item, 0) }
        return
      }
      let failure = withoutActuallyEscaping(body) { board.run(items, $0) }
      if let failure { throw failure }
    }
  }

  /// What is to be done and how far it is.
  ///
  /// `@unchecked Sendable`: everything that changes is guarded by `condition`. The body crosses
  /// threads, but only between `run` taking it and `run` returning.
  private final class Board: @unchecked Sendable {
    private let condition = NSCondition()
    private var body: Body?
    private var items = 0
    private var next = 0
    private var finished = 0
    private var failures: [Int: EngineError] = [:]
    private var isClosed = false

    func run(_ items: Int, _ body: @escaping Body) -> EngineError? {
      condition.lock()
      defer { condition.unlock() }
      self.body = body
      self.items = items
      next = 0
      finished = 0
      failures = [:]
      condition.broadcast()
      while takeOne(as: 0) {}
      while finished < items { condition.wait() }
      self.body = nil
      return failures.min { $0.key < $1.key }?.value
    }

    func serve(as worker: Int) {
      try? withoutOpenMPTeam { () throws(EngineError) in
        condition.lock()
        defer { condition.unlock() }
        while !isClosed {
          if !takeOne(as: worker) { condition.wait() }
        }
      }
    }

    func close() {
      condition.lock()
      isClosed = true
      condition.broadcast()
      condition.unlock()
    }

    /// Called and left with the lock held; works without it.
    private func takeOne(as worker: Int) -> Bool {
      guard let body, next < items else { return false }
      let item = next
      next += 1
      condition.unlock()
      var failure: EngineError?
      do throws(EngineError) { try body(item, worker) } catch { failure = error }
      condition.lock()
      failures[item] = failure
      finished += 1
      if finished == items { condition.broadcast() }
      return true
    }
  }
}

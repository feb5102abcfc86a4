import CEngine
import Foundation
import Synchronization

/// A few threads that share out numbered items; between calls they look around for a moment, then
/// sleep.
///
/// The caller works too, so a pool of one has no threads of its own; unless the work is for the
/// background, where all is left to threads of low priority. Which thread takes which item is left
/// to chance; the items must not care.
final class WorkerPool {
  typealias Body = (_ item: Int, _ worker: Int) throws(EngineError) -> Void

  /// Including the caller, who is number 0 where the work is not for the background.
  let workers: Int
  private let isBackground: Bool
  private let board: Board

  /// - Parameters:
  ///   - workers: at least 1.
  ///   - isBackground: whether everything else goes first: the screen, and inference even between
  ///     two items.
  init(workers: Int, isBackground: Bool = false) {
    precondition(workers > 0, "a pool has at least its caller")
    self.workers = workers
    self.isBackground = isBackground
    board = Board(isBackground: isBackground)
    for worker in (isBackground ? 0 : 1)..<workers {
      let thread = Thread { [board] in
        if isBackground { ce_yield_to_others() }
        board.serve(as: worker)
      }
      thread.name = "engine \(worker)"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  deinit { board.close() }

  /// Runs the body for 0..<items and returns when all are done; throws the lowest item's error.
  ///
  /// Once the work is called off no item is begun, and those begun are waited for.
  func run(
    _ items: Int, unless cancellation: Cancellation = .never, _ body: Body
  ) throws(EngineError) {
    try withoutOpenMPTeam { () throws(EngineError) in
      if !isBackground, workers == 1 || items == 1 {
        for item in 0..<items {
          try cancellation.check()
          try body(item, 0)
        }
        return
      }
      guard items > 0 else { return }
      let failure = withoutActuallyEscaping(body) { board.run(items, unless: cancellation, $0) }
      if let failure { throw failure }
    }
  }

  /// Items to be done, and how far they are.
  ///
  /// `@unchecked Sendable`: the counters are atomic, failures have a lock, and the body crosses
  /// threads only between `run` taking it and `run` returning.
  private final class Job: @unchecked Sendable {
    private let items: Int
    private let isBackground: Bool
    private let cancellation: Cancellation
    private let next = Atomic(0)
    private let finished = Atomic(0)
    private let failures = Mutex<[Int: EngineError]>([:])
    private var body: Body?

    init(
      _ items: Int, isBackground: Bool, unless cancellation: Cancellation, _ body: @escaping Body
    ) {
      self.items = items
      self.isBackground = isBackground
      self.cancellation = cancellation
      self.body = body
    }

    var isDone: Bool { finished.load(ordering: .acquiring) == items }

    /// The lowest item's error; comes after the last item, and lets go of the body.
    func end() -> EngineError? {
      body = nil
      return failures.withLock { failures in failures.min { $0.key < $1.key }?.value }
    }

    /// Takes items until none is left.
    ///
    /// - Returns: whether the last one to finish was this worker's.
    func work(as worker: Int) -> Bool {
      var isLast = false
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < items else { return isLast }
        perform(item, as: worker)
        isLast = finished.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == items
      }
    }

    private func perform(_ item: Int, as worker: Int) {
      do throws(EngineError) {
        try cancellation.check()
        if isBackground { Precedence.giveWay() }
        try body?(item, worker)
      } catch {
        failures.withLock { $0[item] = error }
      }
    }
  }

  /// Where jobs are announced.
  ///
  /// `@unchecked Sendable`: `job` and `isClosed` are guarded by `condition`.
  private final class Board: @unchecked Sendable {
    private let isBackground: Bool
    private let condition = NSCondition()
    private var job: Job?
    private var isClosed = false
    /// Counts announcements, so that a worker sees one without taking the lock.
    private let turn = Atomic(0)

    init(isBackground: Bool) { self.isBackground = isBackground }

    func run(
      _ items: Int, unless cancellation: Cancellation, _ body: @escaping Body
    ) -> EngineError? {
      let job = Job(items, isBackground: isBackground, unless: cancellation, body)
      announce(job)
      if isBackground || !job.work(as: 0) {
        spin { job.isDone }
        condition.lock()
        while !job.isDone { condition.wait() }
        condition.unlock()
      }
      return job.end()
    }

    func serve(as worker: Int) {
      try? withoutOpenMPTeam { () throws(EngineError) in
        var seen = 0
        while let job = next(after: &seen) {
          guard job.work(as: worker) else { continue }
          condition.lock()
          condition.broadcast()
          condition.unlock()
        }
      }
    }

    func close() {
      condition.lock()
      isClosed = true
      turn.wrappingAdd(1, ordering: .releasing)
      condition.broadcast()
      condition.unlock()
    }

    private func announce(_ job: Job) {
      condition.lock()
      self.job = job
      turn.wrappingAdd(1, ordering: .releasing)
      condition.broadcast()
      condition.unlock()
    }

    /// Waits for an announcement that this worker has not seen; nil when the pool is closed.
    private func next(after seen: inout Int) -> Job? {
      let last = seen
      spin { turn.load(ordering: .acquiring) != last }
      condition.lock()
      defer { condition.unlock() }
      while turn.load(ordering: .acquiring) == last { condition.wait() }
      seen = turn.load(ordering: .acquiring)
      return isClosed ? nil : job
    }

    /// Looks again and again for some 100 microseconds.
    ///
    /// A step of a small network takes no longer, and to sleep and be woken costs as much; on a
    /// shared processor it is too short to hurt anybody. To let others go between two looks was
    /// measured: beside busy processes it costs a whole slice of theirs each time.
    private func spin(until isOver: () -> Bool) {
      let end = ContinuousClock.now + .microseconds(100)
      repeat {
        for _ in 0..<Self.looks where !isOver() { ce_relax() }
      } while !isOver() && ContinuousClock.now < end
    }

    /// Looks between two looks at the clock.
    private static let looks = 64
  }
}

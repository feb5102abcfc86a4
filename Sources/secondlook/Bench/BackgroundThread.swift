import Dispatch
import Foundation
import Glibc

/// Runs work on a thread of the low priority that training's own threads have, and waits for it.
///
/// Of a step, the caller does a part itself: it measures the loss and moves the weights.
func inBackground<Output>(_ work: () throws -> Output) throws -> Output {
  try withoutActuallyEscaping(work) { work in
    let errand = Errand(work)
    let isDone = DispatchSemaphore(value: 0)
    let thread = Thread {
      // Linux counts niceness by thread, whatever the name says.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
      errand.run()
      isDone.signal()
    }
    thread.stackSize = 4 << 20
    thread.start()
    isDone.wait()
    return try errand.take()
  }
}

/// Work and what came of it.
///
/// `@unchecked Sendable`: whoever handed it in waits until the thread is done with it.
private final class Errand<Output>: @unchecked Sendable {
  private var work: (() throws -> Output)?
  private var result: Result<Output, any Error>?

  init(_ work: @escaping () throws -> Output) { self.work = work }

  func run() {
    result = work.map { work in Result { try work() } }
    work = nil
  }

  func take() throws -> Output {
    guard let result else { preconditionFailure("the work is done before its result is taken") }
    return try result.get()
  }
}

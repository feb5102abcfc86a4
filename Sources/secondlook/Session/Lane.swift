import Foundation
import Synchronization

/// A thread of its own for work that may wait for the disk, so that nothing else waits with it.
///
/// The shared threads are as many as there are processors: two slow questions to the store would
/// keep a draft from being saved. It lasts as long as the program. Where a processor is missing it
/// asks for less of one than the thread that draws does, which answers the keys.
final class Lane: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let arrived = DispatchSemaphore(value: 0)
  private static let niceness: CInt = 5

  init(_ name: String) {
    let thread = Thread { [self] in
      // On Linux it is a matter of each thread; 0 is the one that asks.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      while true {
        arrived.wait()
        let job = jobs.withLock { $0.removeFirst() }
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    thread.name = name
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    arrived.signal()
  }
}

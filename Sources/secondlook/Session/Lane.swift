import Foundation
import Synchronization

/// A thread of its own for work that may wait for the disk, so that nothing else waits with it.
///
/// The shared threads are as many as there are processors: two slow questions to the store would
/// keep a draft from being saved. It lasts as long as the program.
final class Lane: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let arrived = DispatchSemaphore(value: 0)

  init(_ name: String) {
    let thread = Thread { [self] in
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

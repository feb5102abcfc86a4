import Foundation
import Synchronization

/// A thread beside those that all tests share, for who has to be heard of in time.
///
/// There are no more of those than cores: while other tests train, a node on them may say nothing
/// for a minute, and a coordinator takes it for gone.
public final class OwnThread: TaskExecutor {
  public static let shared = OwnThread()

  private let jobs = Mutex<[UnownedJob]>([])
  private let waiting = DispatchSemaphore(value: 0)

  private init() {
    Thread.detachNewThread { [self] in
      while true {
        waiting.wait()
        let job = jobs.withLock { $0.removeFirst() }
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    waiting.signal()
  }
}

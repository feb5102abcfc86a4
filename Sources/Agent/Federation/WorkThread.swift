import Dispatch

/// Where a site learns: beside the threads that everything else of its program shares.
///
/// There are no more of those than cores. On a machine with one core, a round that is learned there
/// would keep the heartbeat from the coordinator, which takes the site for gone after a minute and,
/// if it is a stock one, drops its answer.
final class WorkThread: SerialExecutor {
  private let queue = DispatchQueue(label: "secondlook.learning")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

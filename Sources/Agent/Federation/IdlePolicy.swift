import Foundation
import Glibc

/// The class of processes that run when nobody else wants to (`SCHED_IDLE`, sched(7)).
///
/// A nice value alone still lets what trains finish its slice first, and a key may wait for that: the
/// slowest of 120 took 1.2 to 2.6 times as long.
public enum IdlePolicy {
  /// `SCHED_IDLE`, which Swift does not see.
  static let number: Int32 = 5

  /// Puts this process into it, with its threads; those that they start later are in it too.
  ///
  /// Where the machine does not allow it, the process stays what it is.
  public static func take() {
    let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    for thread in (threads ?? []).compactMap({ pid_t($0) }) {
      var parameters = sched_param()
      unsafe _ = sched_setscheduler(thread, number, &parameters)
    }
  }
}

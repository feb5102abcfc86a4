import Foundation
public import Radiology

extension Uptime {
  /// How long this machine has been running.
  ///
  /// Source: clock_gettime(2), `CLOCK_MONOTONIC`, and `/proc/sys/kernel/random/boot_id`.
  public static var now: Uptime {
    var time = timespec()
    let answer = clock_gettime(CLOCK_MONOTONIC, &time)
    precondition(answer == 0, "every machine has a monotonic clock")
    return Uptime(boot: start, seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
  }

  /// Empty where the system does not name its starts.
  private static let start =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
}

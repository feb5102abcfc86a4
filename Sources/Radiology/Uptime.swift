/// A moment by a clock that nobody can set: how long a machine has been running.
///
/// Time during which the machine sleeps does not count, because nobody reads meanwhile.
public struct Uptime: Codable, Sendable, Hashable {
  /// Names one start of one machine.
  public let boot: String
  /// Seconds the machine has been running since.
  public let seconds: Double

  public init(boot: String, seconds: Double) {
    self.boot = boot
    self.seconds = seconds
  }

  public static func + (moment: Uptime, seconds: Double) -> Uptime {
    Uptime(boot: moment.boot, seconds: moment.seconds + seconds)
  }
}

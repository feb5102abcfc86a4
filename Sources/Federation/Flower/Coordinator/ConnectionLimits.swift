/// What connections may take of a coordinator, so that slow ones shut nobody out.
struct ConnectionLimits: Sendable {
  /// How many there may be, and how many from one address.
  ///
  /// Two of each of 200 sites, whose heart beats beside what else they say, and some more. All that
  /// come through a proxy have its address: the proxy has to hold its own to theirs.
  var most = 512
  var mostPerAddress = 16
  /// For the head of a question, with what comes before it.
  var head = Duration.seconds(10)
  /// Between an answer and the next question.
  var idle = Duration.seconds(75)
  /// For any body or answer, and bytes a second of the slowest line that is waited for.
  var least = Duration.seconds(10)
  var slowest = 32 << 10

  /// How long a body or an answer of so many bytes may take.
  func time(for bytes: Int) -> Duration {
    least + .milliseconds(bytes * 1_000 / slowest)
  }
}

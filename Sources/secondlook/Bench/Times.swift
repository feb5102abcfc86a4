/// Milliseconds of repeated runs; what is said of them is their middle and how far they spread.
struct Times: Sendable {
  private var sorted: [Double] = []

  init(_ milliseconds: [Double] = []) { sorted = milliseconds.sorted() }

  mutating func add(_ milliseconds: [Double]) {
    sorted = (sorted + milliseconds).sorted()
  }

  var isEmpty: Bool { sorted.isEmpty }
  var count: Int { sorted.count }
  var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }
  var median: Double { percentile(50) }
  /// From the tenth of hundred runs to the ninetieth.
  var spread: ClosedRange<Double> { percentile(10)...percentile(90) }

  /// The time that so many of hundred runs do not exceed; 0 without runs.
  func percentile(_ rank: Int) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count * rank / 100, sorted.count - 1)]
  }
}

/// Milliseconds that a piece of work takes.
func milliseconds(_ work: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(work) / .milliseconds(1)
}

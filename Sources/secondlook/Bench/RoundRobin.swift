import Engine
import Foundation

/// Takes turns between contestants, so that all of them see the same machine.
struct RoundRobin {
  /// Someone who can run: milliseconds of each run, after some that are not counted.
  struct Contestant {
    let name: String
    let run: (_ warmups: Int, _ runs: Int) throws -> [Double]

    init(_ name: String, run: @escaping (_ warmups: Int, _ runs: Int) throws -> [Double]) {
      self.name = name
      self.run = run
    }

    /// One that runs in this process.
    init(_ name: String, once: @escaping () throws -> Void) {
      self.init(name) { warmups, runs in
        for _ in 0..<warmups { try once() }
        return try (0..<runs).map { _ in try milliseconds(once) }
      }
    }
  }

  let contestants: [Contestant]
  let rounds: Int
  let threads: Int
  /// Called before each round, counted from 0.
  var before = { (_: Int) throws in }

  /// Times by name, and the best that the processor did between the turns.
  func run() throws -> (times: [String: Times], peak: Double) {
    var times: [String: Times] = [:]
    var peak = 0.0
    for round in 0..<rounds {
      try before(round)
      for turn in contestants.indices {
        // Another one begins each round: no one always comes after the same.
        let contestant = contestants[(round + turn) % contestants.count]
        let expected = times[contestant.name]?.median
        // Threads of the one before may still be looking for work.
        Thread.sleep(forTimeInterval: 0.02)
        let runs = expected.map { min(max(Int(Self.turn / $0), 1), 10) } ?? 1
        let warmups = expected.map { $0 < 4 * Self.turn ? 1 : 0 } ?? 1
        times[contestant.name, default: Times()].add(try contestant.run(warmups, runs))
      }
      peak = max(peak, Processor.multiplyAddRate(threads: threads))
    }
    return (times, peak)
  }

  /// About how many milliseconds of runs a turn has.
  private static let turn = 50.0
}

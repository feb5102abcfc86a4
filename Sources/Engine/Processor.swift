import CEngine

/// What the processor can do at best, to measure the engine against.
public enum Processor {
  /// The instructions the engine's kernels use here: `AVX-512`, `AVX2` or `baseline`.
  public static var instructions: String {
    switch ce_instruction_set() {
    case CE_AVX512: "AVX-512"
    case CE_AVX2: "AVX2"
    default: "baseline"
    }
  }

  /// Measures, for about 2 milliseconds, how fast numbers in registers are multiplied and added.
  ///
  /// Never more than the processor's peak, and less of it the busier the machine is: take the best
  /// of several.
  /// - Parameter threads: at work together, at least 1.
  /// - Returns: operations a second; a multiplication and an addition are two.
  public static func multiplyAddRate(threads: Int) -> Double {
    precondition(threads > 0, "someone has to work")
    let set = ce_instruction_set()
    let pool = WorkerPool(workers: threads)
    func work(rounds: Int64) {
      // The body does not throw.
      try? pool.run(threads) { _, _ throws(EngineError) in _ = ce_multiply_add(set, rounds) }
    }
    let rounds: Int64 = 200
    work(rounds: 1)
    let operations = ce_multiply_add(set, 1) * rounds * Int64(threads)
    let time = ContinuousClock().measure { work(rounds: rounds) }
    return Double(operations) / (time / .seconds(1))
  }
}

import Dispatch
import Engine
import Foundation
import Synchronization

/// Trains on a thread of its own until told to stop.
final class TrainingThread: Sendable {
  private let isStopped = Atomic(false)
  private let failure = Mutex<(any Error)?>(nil)
  private let hasBegun = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Returns after the first step.
  init(_ plan: TrainingPlan, _ network: Network, _ parameters: Parameters) {
    let images = network.benchImages(plan.batch)
    let thread = Thread { [self] in
      do {
        let training = try plan.training(network, parameters)
        try plan.step(training, images)
        hasBegun.signal()
        while !isStopped.load(ordering: .relaxed) { try plan.step(training, images) }
      } catch {
        failure.withLock { $0 = error }
        hasBegun.signal()
      }
      hasEnded.signal()
    }
    thread.stackSize = 4 << 20
    thread.start()
    hasBegun.wait()
  }

  /// Returns when the step it is at is done; throws what went wrong.
  func stop() throws {
    isStopped.store(true, ordering: .relaxed)
    hasEnded.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("Whoever rests is woken in time")
struct AlarmTests {
  @Test("also where others hold every thread that tasks share")
  func inTime() async throws {
    let mayGoOn = DispatchSemaphore(value: 0)
    let held = (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
      Task.detached {
        _ = mayGoOn.wait(timeout: .now() + 30)
        mayGoOn.signal()
      }
    }
    let start = ContinuousClock.now
    // It has a thread of its own for what it does when it is awake.
    let woken = try await withThrowingTaskGroup(of: Duration.self) { group in
      group.addTask(executorPreference: OwnThread.shared) {
        try await Alarm.rest(for: .milliseconds(100))
        mayGoOn.signal()
        return .now - start
      }
      return try #require(await group.next())
    }
    #expect(woken >= .milliseconds(100) && woken < .seconds(30))
    for task in held { await task.value }
  }

  @Test("and at once where it is not waited for any more", .timeLimit(.minutes(5)))
  func cancelled() async {
    let resting = Task { try await Alarm.rest(for: .seconds(86_400)) }
    resting.cancel()
    await #expect(throws: CancellationError.self) { try await resting.value }
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      try await Alarm.rest(for: .seconds(86_400))
    }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
  }
}

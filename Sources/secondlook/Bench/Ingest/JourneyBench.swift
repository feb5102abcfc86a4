import Agent
import Foundation
import Synchronization

/// One radiograph after the other from its file to its triaged row, and where the time goes.
struct JourneyBench {
  let objects: BenchObjects
  let folder: URL

  /// The middle and the slowest in twenty, and the share of each step in all of it.
  func measure() async throws -> [BenchFigure] {
    let site = try LocalSite(home: folder.appending(path: "journey", directoryHint: .isDirectory))
    let steps = StepTimes()
    let ingest = Ingest(store: site.store, pictures: site.pictures, watch: steps.add)
    let reading = site.reading
    var times = Times()
    for number in 0..<objects.count {
      let file = objects.folder.appending(path: "\(number).dcm")
      let start = ContinuousClock.now
      let summary = try await ingest.take([file])
      let arrived = ContinuousClock.now
      guard summary.added == 1 else {
        throw BenchError.failed(process: "secondlook", saying: "a generated file was refused")
      }
      _ = try await reading.drain()
      steps.add("triage", ContinuousClock.now - arrived)
      times.add([(ContinuousClock.now - start) / .milliseconds(1)])
    }
    let shares = steps.shares(of: Double(objects.count) * times.mean)
    return [
      BenchFigure(what: "file to triaged row, p50", unit: "ms", ours: times.median, isCost: true),
      BenchFigure(
        what: "file to triaged row, p95", unit: "ms", ours: times.percentile(95), isCost: true),
    ]
      + shares.map {
        BenchFigure(what: "of that, \($0.name)", unit: "%", ours: $0.share * 100, isCost: true)
      }
  }
}

/// How long each step took in all.
private final class StepTimes: Sendable {
  private let sums = Mutex<[String: Double]>([:])

  func add(_ step: IngestStep, _ time: Duration) { add(step.rawValue, time) }

  func add(_ step: String, _ time: Duration) {
    sums.withLock { $0[step, default: 0] += time / .milliseconds(1) }
  }

  /// In the order of the steps; what none of them counts comes last.
  func shares(of all: Double) -> [(name: String, share: Double)] {
    let sums = sums.withLock { $0 }
    let names = IngestStep.allCases.map(\.rawValue) + ["triage"]
    let known = names.map { (name: $0, share: (sums[$0] ?? 0) / all) }
    return known + [(name: "rest", share: 1 - known.reduce(0) { $0 + $1.share })]
  }
}

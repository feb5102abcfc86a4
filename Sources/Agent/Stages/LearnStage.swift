import Crypto
public import Foundation
import Radiology
public import Store

/// Turns signed reviews of consenting patients into lessons.
public struct LearnStage: Stage {
  public let name = "learn"
  private let store: Store
  private let now: @Sendable () -> Date

  public init(store: Store, now: @escaping @Sendable () -> Date = { Date() }) {
    self.store = store
    self.now = now
  }

  public func drain() async throws -> Int {
    var done = 0
    while true {
      let before = done
      for study in try store.unlearned() {
        try Task.checkCancellation()
        let lessons = try lessons(of: study)
        try store.save(lessons)
        done += lessons.isEmpty ? 0 : 1
      }
      if done == before { return done }
    }
  }

  /// One lesson an image that can teach: the reader's call, and the regions the reader confirmed.
  ///
  /// What was signed teaches, never an addendum somebody is still writing, and no
  /// image that came later. Where a third reader decided, that is the truth, without
  /// regions: nobody drew any for it. What two readers dispute counts half until then.
  private func lessons(of study: Study) throws -> [Lesson] {
    guard let report = try store.signedReport(of: study.uid), let signed = report.signed,
      let review = try store.review(of: study.uid, version: report.version),
      let call = review.call
    else { return [] }
    let part = try store.part(of: study.patient) ?? Self.part(of: study.patient)
    let look = try store.secondLook(of: study.uid)
    let truth = look?.third?.call ?? call
    let isDisputed = look?.state == .arbitration
    // Where the clock was set back, what it follows from seems to come after the lesson and asks
    // for another.
    let made = max(now(), signed, look?.changed ?? signed)
    return try store.signedInstances(of: study.uid).filter(\.canTeach).map { instance in
      Lesson(
        study: study.uid, instance: instance.uid, digest: instance.digest,
        isSuspicious: truth == .suspicious,
        regions: truth == call
          ? review.confirmed.map(\.region).filter { $0.instance == instance.uid } : [],
        weight: isDisputed ? 0.5 : 1, part: part,
        teacher: look?.third?.reader ?? review.reader, made: made)
    }
  }

  /// Seven of ten patients train, one validates, two are frozen for testing.
  ///
  /// The patient decides, so that a patient is never in two parts, at any site, on any day.
  static func part(of patient: Patient.ID) -> Lesson.Part {
    let first = SHA256.hash(data: Data(patient.utf8)).prefix(1).reduce(0) { Int($1) + $0 }
    return switch first {
    case ..<179: .train
    case ..<205: .validation
    default: .test
    }
  }
}

public import Foundation
import Radiology
public import Store
import Triage

/// Lets a model that was promoted look at the studies that were signed *normal* before: what it finds
/// suspicious waits for a second look.
public struct LookBackStage: Stage {
  public let name = "look-back"
  private let store: Store
  private let shelf: ModelShelf
  private let reading: StudyReading
  private let days: Int
  private let now: @Sendable () -> Date

  /// Which model has looked at all of them: there will be no more that were signed before.
  private static let finished = "look-back.finished"

  /// Looks so many days back from a model's promotion; 0 for not at all.
  public init(
    store: Store, shelf: ModelShelf, pictures: PictureShelf, days: Int,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.shelf = shelf
    reading = StudyReading(pictures: pictures)
    self.days = days
    self.now = now
  }

  public func drain() async throws -> Int {
    guard days > 0, let active = try store.activeModel(), let promoted = active.decided else {
      return 0
    }
    let mark = "\(active.id) \(promoted.timeIntervalSinceReferenceDate) \(days)"
    if try store.value(forKey: Self.finished) == mark { return 0 }
    let span = promoted - Double(days) * 86_400..<promoted
    var reader: Reader?
    var done = 0
    while true {
      let studies = try store.unlookedBack(by: active.id, signed: span, limit: 50)
      guard !studies.isEmpty else {
        try store.set(mark, forKey: Self.finished)
        return done
      }
      let current = try reader ?? Reader(model: shelf.model(active.id), threads: 1)
      reader = current
      for study in studies {
        try Task.checkCancellation()
        guard try store.activeModel()?.id == active.id else { return done }
        let triage = try await reading.triage(
          of: study, store.instances(of: study.uid), missing: store.missing(of: study.uid),
          by: current, at: now())
        try store.saveLookBack(ShadowReading(triage, by: active.id))
        done += 1
      }
    }
  }
}

public import Foundation
import Radiology
public import Store
import Triage

/// Triages every study that no model has looked at yet.
public struct ReadStage: Stage {
  public let name = "read"
  private let store: Store
  private let shelf: ModelShelf
  private let reading: StudyReading
  private let now: @Sendable () -> Date

  public init(
    store: Store, shelf: ModelShelf, pictures: PictureShelf,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.shelf = shelf
    reading = StudyReading(pictures: pictures)
    self.now = now
  }

  /// Reads all studies there are; a study that fails is a result and stops nothing.
  ///
  /// - Returns: how many results were added; what another process was faster with is not counted.
  public func drain() async throws -> Int { try await drain { _, _ in } }

  /// As ``drain()``, telling after each study how many were read of how many.
  public func drain(progress: @Sendable (Int, Int) -> Void) async throws -> Int {
    var added = 0
    var read = 0
    var reader: Reader?
    while true {
      let active = try store.activeModel()?.id
      let waiting = try store.untriaged(by: active, limit: 500, at: now())
      guard !waiting.isEmpty else { return added }
      if reader?.model.id != active {
        reader = try active.map { try shelf.reader($0) }
      }
      let all = read + waiting.count
      for study in waiting {
        try Task.checkCancellation()
        // A model that was promoted meanwhile takes over at the next study.
        guard try store.activeModel()?.id == active else { break }
        let instances = try store.instances(of: study.uid)
        let look = Store.Look(
          model: active, images: instances.count(where: \.isReadable),
          missing: try store.missing(of: study.uid))
        let triage = try await reading.triage(
          of: study, instances, missing: look.missing, by: reader, at: now())
        added += try store.save(triage, after: look) ? 1 : 0
        read += 1
        progress(read, all)
      }
    }
  }
}

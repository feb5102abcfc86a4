public import Foundation
import Imaging
import Radiology
public import Store
import Triage

/// Triages every study that no model has looked at yet.
public struct ReadStage: Stage {
  public let name = "read"
  private let store: Store
  private let shelf: ModelShelf
  private let pictures: PictureShelf
  private let now: @Sendable () -> Date

  public init(
    store: Store, shelf: ModelShelf, pictures: PictureShelf,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.shelf = shelf
    self.pictures = pictures
    self.now = now
  }

  /// Reads all studies there are; a study that fails is a result and stops nothing.
  ///
  public func drain() async throws -> Int { try await drain { _, _ in } }

  /// As ``drain()``, telling after each study how many were read of how many.
  public func drain(progress: @Sendable (Int, Int) -> Void) async throws -> Int {
    var done = 0
    var reader: Reader?
    while true {
      let active = try store.activeModel()
      let waiting = try store.untriaged(by: active?.id, limit: 500)
      guard !waiting.isEmpty else { return done }
      if reader == nil, let model = try shelf.active() { reader = Reader(model: model) }
      let all = done + waiting.count
      for study in waiting {
        try Task.checkCancellation()
        try store.save(try await read(study, with: reader))
        done += 1
        progress(done, all)
      }
    }
  }

  private func read(_ study: Study, with reader: Reader?) async throws -> Triage {
    let instances = try store.instances(of: study.uid)
    var images: [(instance: Instance, image: GreyImage?)] = []
    for instance in instances {
      images.append((instance, try? await pictures.picture(of: instance)))
    }
    guard let reader else {
      // Without a model a study that cannot be shown is still known to have failed.
      let refusal = instances.compactMap(\.refusal).first
      guard images.contains(where: { $0.image != nil }) else {
        return Triage(
          study: study.uid, refused: .failed(refusal ?? "No image of this study could be read."),
          model: nil, made: now())
      }
      return Triage(
        study: study.uid, refused: .undetermined("No model has looked at this study yet."),
        model: nil, made: now())
    }
    return await reader.read(study: study, images: images, at: now())
  }
}

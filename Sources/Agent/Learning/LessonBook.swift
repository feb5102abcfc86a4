import Foundation
import Imaging
public import Radiology
public import Store
public import Triage

/// The lessons of one store, rebuilt as training examples from the images they point to.
public struct LessonBook: Sendable {
  private let store: Store
  private let pictures: PictureShelf
  private let site: String

  /// The lessons of a store that belongs to the hospital of this name.
  public init(store: Store, pictures: PictureShelf, site: String) {
    self.store = store
    self.pictures = pictures
    self.site = site
  }

  /// The images of one part whose patients consent, prepared as inference prepares them.
  ///
  /// An image that can no longer be read is left out: a lesson lost is better than a wrong one.
  public func images(
    _ part: Lesson.Part, preparedBy preprocessing: Preprocessing
  ) async throws -> [LabelledImage] {
    try await images(of: store.lessons(part: part), preparedBy: preprocessing).map(\.image)
  }

  /// The images of these lessons, prepared so; those that cannot be read any more are left out.
  func images(
    of lessons: some Sequence<Lesson>, preparedBy preprocessing: Preprocessing
  ) async throws -> [(lesson: Lesson, image: LabelledImage)] {
    var images: [(lesson: Lesson, image: LabelledImage)] = []
    for lesson in lessons {
      try Task.checkCancellation()
      guard let instance = try store.instance(lesson.instance), instance.digest == lesson.digest,
        let study = try store.study(lesson.study),
        let picture = try? await pictures.picture(of: instance),
        let image = try? LabelledImage(
          picture, isSuspicious: lesson.isSuspicious,
          boxes: lesson.regions.map {
            Manifest.Box(x0: $0.x0, y0: $0.y0, x1: $0.x1, y1: $0.y1)
          }, weight: lesson.weight, site: site, patient: study.patient, preparedBy: preprocessing)
      else { continue }
      images.append((lesson, image))
    }
    return images
  }

  /// Makes lessons of pictures whose manifest says what they show.
  ///
  /// The label counts as a single read by its source; a row without label or part teaches
  /// nothing.
  func learn(_ rows: [(row: Manifest.Row, digest: String)], at date: Date) throws {
    var lessons: [Lesson] = []
    for (row, digest) in rows {
      guard let label = row.label, let part = row.split else { continue }
      let instance = UID.make(digest: digest, role: .instance)
      lessons.append(
        Lesson(
          study: UID.make(digest: digest, role: .study), instance: instance, digest: digest,
          isSuspicious: label == .suspicious,
          regions: row.boxes.compactMap {
            try? Region(instance: instance, x0: $0.x0, y0: $0.y0, x1: $0.x1, y1: $0.y1)
          }, weight: LabelTrust.weight(ofSource: row.labelSource), part: part,
          teacher: row.labelSource.isEmpty ? "manifest" : row.labelSource, made: date))
    }
    try store.save(lessons)
  }
}

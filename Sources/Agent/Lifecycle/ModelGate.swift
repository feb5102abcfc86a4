public import Foundation
public import Radiology
public import Store
import Triage

/// Tries candidates beside the model that sorts the worklist: on this site's frozen images, and on
/// recent studies.
public struct ModelGate: Sendable {
  /// How far a trial has come.
  public enum Event: Sendable {
    case calibrating
    case shadowing(done: Int, of: Int)
    case comparing(done: Int, of: Int)
  }

  private let store: Store
  private let shelf: ModelShelf
  private let reading: StudyReading
  private let book: LessonBook
  private let rules: ModelRules
  private let site: String
  private let now: @Sendable () -> Date

  /// How many recent studies a candidate looks at, and what is recent.
  private static let mostShadowed = 100
  private static let recent: TimeInterval = 30 * 86_400
  /// Images that are in memory at a time.
  private static let portion = 64

  /// The gate of the site with this store.
  public init(
    store: Store, shelf: ModelShelf, pictures: PictureShelf, site: String, rules: ModelRules,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.shelf = shelf
    reading = StudyReading(pictures: pictures)
    book = LessonBook(store: store, pictures: pictures, site: site)
    self.rules = rules
    self.site = site
    self.now = now
  }

  /// Tries a candidate beside the active model, and keeps what came of it.
  ///
  /// A calibration that does not fit this site is refitted first, to its reviewed studies: that is
  /// another version, which takes the candidate's place, so that what is tried is what would sort.
  /// One whose files are damaged can never sort: it fails unread.
  /// - Returns: the trial of the candidate or of the version in its place; one that failed is
  ///   rejected.
  /// - Throws: ``AgentError/noModel`` where there is none to try it beside;
  ///   ``AgentError/modelNotUsable(_:)``.
  public func run(
    _ id: ModelVersion.ID, tell: @Sendable (Event) -> Void = { _ in }
  ) async throws -> ModelTrial {
    guard let against = try store.activeModel()?.id else { throw AgentError.noModel }
    let active = try shelf.model(against)
    tell(.calibrating)
    let found: Model
    do { found = try shelf.model(id) } catch let error as AgentError {
      guard let damage = shelf.damage(of: id) else { throw error }
      return try failed(id, beside: against, because: damage)
    }
    let candidate = try await calibrated(found)
    if candidate.id != id {
      try shelf.add(candidate)
      try store.reject(id, by: "gate", at: now())
    }
    try await shadow(candidate, tell)
    let lessons = try store.lessons(part: .test)
    let (pairs, unread) = try await pairs(of: candidate, active, on: lessons, tell)
    let alarms = try store.alarms(of: candidate.id)
    let trial = ModelTrial(
      of: candidate, against: against, pairs: pairs, lessons: lessons.count, unread: unread,
      alarms: ModelTrial.Alarms(
        studies: alarms.studies, candidate: alarms.candidate, active: alarms.active),
      under: rules, at: now())
    try store.save(trial)
    return trial
  }

  /// The trial of what cannot be tried.
  private func failed(
    _ id: ModelVersion.ID, beside active: ModelVersion.ID, because reason: String
  ) throws -> ModelTrial {
    let trial = ModelTrial(
      model: id, against: active, made: now(), lessons: try store.lessons(part: .test).count,
      checks: [
        ModelTrial.Check(name: "files", verdict: .failed, cases: 0, suspicious: 0, reason: reason)
      ])
    try store.save(trial)
    return trial
  }

  /// The model with the calibration that fits this site's lessons for it.
  private func calibrated(_ model: Model) async throws -> Model {
    let images = try await book.images(.validation, preparedBy: model.preprocessing)
    let point = model.calibration.operatingPoint
    var (refit, statement) = try model.recalibrated(
      on: images, at: point == .fixed ? .specificity(0.9) : point, threads: 1)
    guard refit.id != model.id, refit.calibration.differs(from: model.calibration) else {
      return model
    }
    refit.lineage.recipe += "; at \(site): \(statement)"
    refit.lineage.made = now()
    return refit
  }

  /// Lets the candidate look at recent studies, with no say in how they are sorted.
  private func shadow(_ candidate: Model, _ tell: (Event) -> Void) async throws {
    let reader = Reader(model: candidate, threads: 1)
    let studies = try store.unshadowed(
      by: candidate.id, since: now() - Self.recent, limit: Self.mostShadowed)
    for (done, study) in studies.enumerated() {
      try Task.checkCancellation()
      tell(.shadowing(done: done, of: studies.count))
      let triage = try await reading.triage(
        of: study, store.instances(of: study.uid), missing: store.missing(of: study.uid),
        by: reader, at: now())
      try store.save(ShadowReading(triage, by: candidate.id))
    }
  }

  /// The frozen images as both models read them, and how many only the active one can read.
  private func pairs(
    of candidate: Model, _ active: Model, on lessons: [Lesson], _ tell: (Event) -> Void
  ) async throws -> (pairs: [ModelTrial.Pair], unread: Int) {
    var pairs: [ModelTrial.Pair] = []
    var unread = 0
    for start in stride(from: 0, to: lessons.count, by: Self.portion) {
      tell(.comparing(done: start, of: lessons.count))
      let portion = lessons[start..<min(start + Self.portion, lessons.count)]
      let own = try await reads(of: candidate, on: portion)
      let usual = try await reads(of: active, on: portion)
      for lesson in portion {
        guard let before = usual[lesson.id] else { continue }
        guard let read = own[lesson.id] else {
          unread += 1
          continue
        }
        pairs.append(
          ModelTrial.Pair(candidate: read, active: before, groups: try groups(of: lesson)))
      }
    }
    return (pairs, unread)
  }

  private func reads(
    of model: Model, on lessons: ArraySlice<Lesson>
  ) async throws -> [Lesson.ID: Evaluation.Read] {
    let images = try await book.images(of: lessons, preparedBy: model.preprocessing)
    let reads = try model.reads(of: images.map(\.image), threads: 1)
    return Dictionary(uniqueKeysWithValues: zip(images.map(\.lesson.id), reads))
  }

  /// Where a model may be worse while it is not on the whole: device, view, age and sex.
  private func groups(of lesson: Lesson) throws -> [String] {
    guard let study = try store.study(lesson.study) else { return [] }
    let age = study.age.map { $0 < 18 ? "under 18 years" : $0 < 65 ? "18 to 64" : "65 and over" }
    let sex = try store.patient(of: study.uid)?.sex
    return [study.modality, study.view, age ?? "", sex.map { "sex \($0)" } ?? ""]
      .filter { !$0.isEmpty }
  }
}

extension Calibration {
  /// Whether the two say different things of some study: by more than a hundredth, or of which are
  /// suspicious.
  fileprivate func differs(from other: Calibration) -> Bool {
    abs(study.evidence(threshold) - other.study.evidence(other.threshold)) > 0.02
      || stride(from: -8.0, through: 8, by: 0.25).contains {
        abs(study.probability($0) - other.study.probability($0)) > 0.01
      }
  }
}

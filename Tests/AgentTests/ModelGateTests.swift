import Foundation
import Radiology
import Store
import Testing
import Triage

@testable import Agent

/// What becomes of candidates at a hospital with lessons and frozen images.
@Suite("Candidates at a site")
struct ModelGateTests {
  /// A site with a model, in which so many pictures are frozen.
  private func withSite(test: Int = 48, _ body: (JoinedSite, PictureShelf) async throws -> Void)
    async throws
  {
    let site = try await JoinedSite(train: 4, validation: 40, test: test)
    defer { site.clean() }
    try await body(site, PictureShelf(store: site.store))
  }

  private func shelf(_ site: JoinedSite) -> ModelShelf {
    ModelShelf(store: site.store, home: site.home)
  }

  private func stage(_ site: JoinedSite, _ pictures: PictureShelf, _ rules: ModelRules) -> GateStage
  {
    GateStage(
      store: site.store,
      gate: ModelGate(
        store: site.store, shelf: shelf(site), pictures: pictures, site: "north", rules: rules),
      rules: rules)
  }

  /// The active model's network with other weights, or the same.
  private func candidate(_ site: JoinedSite, seed: UInt64) throws -> Model {
    let active = try #require(try shelf(site).active())
    return try Model(
      network: active.network, parameters: active.network.freshParameters(seed: seed),
      preprocessing: active.preprocessing, readOut: active.readOut, calibration: .none,
      card: active.card,
      lineage: Lineage(parents: [active.id], lessons: 4, recipe: "test", made: Date()))
  }

  @Test("every candidate is tried on the frozen images, beside the active model, once")
  func once() async throws {
    try await withSite { site, pictures in
      let model = try candidate(site, seed: 5)
      try shelf(site).add(model)
      // Two networks that have learned nothing: nobody could tell them apart by so few images.
      #expect(try await stage(site, pictures, ModelRules(margin: 0)).drain() == 1)
      let trial = try #require(try site.store.trials().values.first)
      #expect(trial.against == (try site.store.activeModel()?.id))
      #expect(trial.lessons == 48)
      #expect(trial.checks.first?.cases == 48 && trial.checks.first?.suspicious == 24)
      #expect(try await stage(site, pictures, ModelRules(margin: 0)).drain() == 0)
    }
  }

  @Test("a calibration that does not fit here is refitted, and what was tried is what would sort")
  func calibrated() async throws {
    try await withSite { site, pictures in
      let model = try candidate(site, seed: 5)
      try shelf(site).add(model)
      _ = try await stage(site, pictures, ModelRules()).drain()
      let trial = try #require(try site.store.trials().values.first)
      let refit = try shelf(site).model(trial.model)
      let raw = try model.recalibrated(
        on: await LessonBook(store: site.store, pictures: pictures, site: "north")
          .images(.validation, preparedBy: model.preprocessing), at: .specificity(0.9))
      #expect(refit.id == raw.model.id)
      try #require(refit.id != model.id)
      #expect(refit.lineage.parents == [model.id])
      #expect(try site.store.model(model.id)?.state == .rejected)
      #expect(refit.calibration.images == 40)
    }
  }

  /// What befalls the files of a model on the shelf.
  enum Damage: String, CaseIterable, Sendable {
    case weightsChanged, descriptionCut, weightsGone, allGone

    func befall(_ place: URL) throws {
      let (weights, description) = (
        place.appending(path: "weights"), place.appending(path: "model.json")
      )
      switch self {
      case .weightsChanged:
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
      case .descriptionCut:
        try Data(contentsOf: description).dropLast(9).write(to: description)
      case .weightsGone: try FileManager.default.removeItem(at: weights)
      case .allGone: try FileManager.default.removeItem(at: place)
      }
    }

    var file: String { [.weightsChanged, .weightsGone].contains(self) ? "weights" : "model.json" }
  }

  private func place(of model: Model, _ site: JoinedSite) -> URL {
    site.home.appending(path: "models").appending(path: model.id)
  }

  @Test(
    "a candidate whose files are damaged is rejected by itself, and the next one is tried",
    arguments: Damage.allCases)
  func damaged(_ damage: Damage) async throws {
    try await withSite { site, pictures in
      let (sound, broken) = (try candidate(site, seed: 5), try candidate(site, seed: 6))
      try shelf(site).add(sound)
      // The newest is tried first.
      try shelf(site).add(broken)
      try damage.befall(place(of: broken, site))
      #expect(try await stage(site, pictures, ModelRules()).drain() == 2)
      #expect(try site.store.model(broken.id)?.state == .rejected)
      let trial = try #require(try site.store.trial(of: broken.id))
      #expect(trial.verdict == .failed)
      #expect(trial.checks.map(\.name) == ["files"])
      #expect(trial.checks[0].reason.contains("“\(damage.file)”"), "\(trial.checks)")
      let told = try site.store.audit().first { $0.kind == .modelTried && $0.detail.contains("“") }
      #expect(told?.detail.contains(trial.checks[0].reason) == true)
      #expect(try site.store.trials().count == 2)
      #expect(try await stage(site, pictures, ModelRules()).drain() == 0)
    }
  }

  @Test("a damaged model that is added again is sound, and what it was", arguments: Damage.allCases)
  func mended(_ damage: Damage) async throws {
    try await withSite { site, _ in
      let model = try #require(try shelf(site).active())
      try damage.befall(place(of: model, site))
      #expect(throws: AgentError.self) { try shelf(site).model(model.id) }
      #expect(try shelf(site).add(model).state == .active)
      #expect(try shelf(site).model(model.id).id == model.id)
      #expect(try site.store.models().count == 1)
    }
  }

  @Test("one that a newer program wrote is told and kept, and the others are tried all the same")
  func newer() async throws {
    try await withSite { site, pictures in
      let (sound, newer) = (try candidate(site, seed: 5), try candidate(site, seed: 6))
      try shelf(site).add(sound)
      try shelf(site).add(newer)
      let file = place(of: newer, site).appending(path: "model.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let changed = text.replacing(/"format"\s*:\s*\d+/, with: "\"format\":99")
      try #require(changed != text)
      try Data(changed.utf8).write(to: file)
      await #expect(throws: AgentError.self) {
        try await stage(site, pictures, ModelRules()).drain()
      }
      #expect(try site.store.model(newer.id)?.state == .candidate)
      #expect(try site.store.trials().count == 1)
    }
  }

  @Test("where the active model is damaged, no candidate is rejected for it")
  func activeDamaged() async throws {
    try await withSite { site, pictures in
      let model = try candidate(site, seed: 5)
      try shelf(site).add(model)
      try Damage.weightsGone.befall(place(of: try #require(try shelf(site).active()), site))
      await #expect(throws: AgentError.self) {
        try await stage(site, pictures, ModelRules()).drain()
      }
      #expect(try site.store.model(model.id)?.state == .candidate)
      #expect(try site.store.trials().isEmpty)
    }
  }

  @Test("with too few frozen images a candidate waits, until there are clearly more")
  func waits() async throws {
    try await withSite(test: 4) { site, pictures in
      try shelf(site).add(try candidate(site, seed: 5))
      #expect(try await stage(site, pictures, ModelRules()).drain() == 1)
      let trial = try #require(try site.store.trials().values.first)
      #expect(trial.verdict == .undecided && trial.lessons == 4)
      #expect(try site.store.model(trial.model)?.state == .candidate)
      #expect(try await stage(site, pictures, ModelRules()).drain() == 0)
    }
  }

  @Test(
    "one that passes takes over by itself only where the site wants that", arguments: [true, false])
  func promotes(byItself: Bool) async throws {
    try await withSite { site, pictures in
      let active = try #require(try site.store.activeModel()?.id)
      // The active network once more, calibrated: it ranks alike, so nothing can be lost.
      let model = try #require(try shelf(site).active()).recalibrated(
        Calibration(
          study: .plain, region: .plain, threshold: 0.4, images: 40, suspicious: 20))
      try shelf(site).add(model)
      _ = try await stage(site, pictures, ModelRules(promotesByItself: byItself)).drain()
      let trial = try #require(try site.store.trials().values.first)
      #expect(trial.verdict == .passed, "\(trial.checks)")
      #expect(try site.store.activeModel()?.id == (byItself ? trial.model : active))
      #expect(try site.store.activeModel()?.decidedBy == (byItself ? "gate" : "test"))
    }
  }

  @Test("a promoted model looks at what was signed normal before, once, and finds what it finds")
  func looksBack() async throws {
    try await withSite(test: 4) { site, pictures in
      let store = site.store
      // Long enough after the last image that no more of them may come.
      let signed = Date() + 86_400
      let studies = try store.worklist().prefix(3).map(\.id)
      for study in studies {
        try store.sign(
          Report(
            study: study,
            sections: [
              Report.Section(
                key: "impression", title: "Impression", text: "Normal.", isRequired: true)
            ], author: "Dr Osei", changed: signed),
          review: Review(
            study: study, reader: "Dr Osei", call: .normal, findings: [], model: nil,
            started: signed), under: ReadingRules(sample: 0), by: "Dr Osei", at: signed)
      }
      // It calls everything that it may judge.
      let model = try #require(try shelf(site).active()).recalibrated(
        Calibration(study: .plain, region: .plain, threshold: 0))
      try shelf(site).add(model)
      try store.promote(model.id, by: "Ada", at: signed + 86_400)
      func stage(_ days: Int) -> LookBackStage {
        LookBackStage(store: store, shelf: shelf(site), pictures: pictures, days: days)
      }
      #expect(try await stage(0).drain() == 0)
      #expect(try await stage(2).drain() == 3)
      #expect(try await stage(2).drain() == 0)
      let looks = try store.secondLooks()
      #expect(looks.map(\.reason) == [.newerModel, .newerModel, .newerModel])
      #expect(Set(looks.map(\.study)) == Set(studies))
    }
  }
}

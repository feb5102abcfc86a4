import Foundation
import Radiology
import Testing

@testable import Triage

/// The model that a new store starts with.
struct ShippedModelTests {
  static let folder = URL(filePath: "assets/models/chest")
  static var isThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "model.json").path)
  }

  @Test("it loads, and its card says where it must not be used", .enabled(if: isThere))
  func loads() throws {
    let model = try Model(folder: Self.folder)
    #expect(model.card.limits.count >= 3)
    #expect(!model.card.isSynthetic)
    #expect(model.familiarity != nil)
    #expect(model.calibration.images > 0)
    #expect(model.card.reasonNotCovered(Pictures.study()) == nil)
    #expect(model.card.reasonNotCovered(Pictures.instance()) == nil)
    #expect(model.card.reasonNotCovered(Pictures.instance(modality: "MG")) != nil)
  }

  @Test(
    "its card's figures are what it reaches, and hardly a real image is refused",
    .enabled(if: isThere && LabelledFolderTests.isThere))
  func figures() async throws {
    let model = try Model(folder: Self.folder)
    let claimed = try #require(model.card.metrics)
    let test = try await LabelledFolder(folder: LabelledFolderTests.chest)
      .contents(parts: [.test], preparedBy: model.preprocessing).images
    let reached = try model.evaluation(on: test)
    // Other processors round differently, which may exchange a few pairs.
    #expect(abs(try #require(reached.pooled.auroc) - (claimed.pooled.auroc ?? 0)) < 0.003)
    #expect(abs(try #require(reached.meanOfSites) - (claimed.meanOfSites ?? 0)) < 0.005)
    #expect(abs(reached.pointing.hits - claimed.pointing.hits) <= 1)
    let refused = test.count { model.familiarity?.reasonUnfamiliar($0.prepared) != nil }
    #expect(refused * 100 < test.count)
  }
}

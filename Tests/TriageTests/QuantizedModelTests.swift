import Engine
import Foundation
import Imaging
import Radiology
import Testing

@testable import Triage

/// A model goes to work on bytes only where that costs nothing that matters.
struct QuantizedModelTests {
  /// Pictures labelled by how a model on floats ranks them, so that its AUROC is 1.
  ///
  /// The lower and the upper half of them, or thirds with the middle left out.
  private func labelled(
    _ pictures: [GreyImage], by model: Model, dropsMiddle: Bool
  ) throws -> [LabelledImage] {
    func image(_ index: Int, isSuspicious: Bool) throws -> LabelledImage {
      try LabelledImage(
        pictures[index], isSuspicious: isSuspicious, site: "a",
        patient: "p" + String(format: "%03d", index), preparedBy: model.preprocessing)
    }
    let reads = try model.reads(of: pictures.indices.map { try image($0, isSuspicious: false) })
    let order = pictures.indices.sorted { reads[$0].probability < reads[$1].probability }
    let part = dropsMiddle ? order.count / 3 : order.count / 2
    return try order.prefix(part).map { try image($0, isSuspicious: false) }
      + order.suffix(part).map { try image($0, isSuspicious: true) }
  }

  @Test("on bytes it ranks what is far apart alike, and becomes another version")
  func accepted() throws {
    let model = try Models.fresh()
    let pictures = (0..<120).map { seed in
      let (place, radius) = (20 + seed % 50, 2 + seed % 20)
      return Pictures.thorax(seed: UInt64(seed), disc: (Double(place), 48, Double(radius)))
    }
    let images = try labelled(pictures, by: model, dropsMiddle: true)
    var steps: [Int] = []
    let (quantized, trial) = try model.quantized(on: images) { done, all in
      steps.append(done)
      #expect(all == 2 * trialImages(images))
    }
    #expect(steps == steps.sorted() && steps.last == 2 * trial.images)
    #expect(trial.floats == 1)
    #expect(trial.fall < 0.002)
    #expect(trial.images == trialImages(images))
    #expect(quantized.quantization != nil)
    #expect(quantized.id != model.id)
    #expect(quantized.lineage.parents == [model.id])
    #expect(quantized.lineage.recipe.contains(trial.statement))
    #expect(try quantized.onFloats().id == model.id)
    // Not the same numbers, but nearly.
    let (floats, bytes) = (try model.reads(of: images), try quantized.reads(of: images))
    #expect(floats != bytes)
    #expect(zip(floats, bytes).allSatisfy { abs($0.probability - $1.probability) < 0.02 })
  }

  /// Images that are read: those of seven in eight patients.
  private func trialImages(_ images: [LabelledImage]) -> Int {
    images.count - (images.count + 7) / 8
  }

  @Test("where bytes cannot tell apart what floats can, it is refused with the figure")
  func refused() throws {
    let model = try Models.fresh()
    let pictures = (0..<80).map { index in
      let strength = 20 + Double(index) / 100
      return Pictures.thorax(seed: 1, disc: (30, 48, 6), strength: strength)
    }
    let images = try labelled(pictures, by: model, dropsMiddle: false)
    let error = #expect(throws: TriageError.self) { try model.quantized(on: images) }
    guard case .quantizationRefused(let trial) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(trial.floats == 1)
    #expect(trial.fall >= 0.002)
    #expect(error?.description.contains(String(format: "%.4f", trial.fall)) == true)
  }

  @Test("a fall of 0.002 is too much, a rise is none")
  func bar() {
    func trial(_ floats: Double, _ bytes: Double) -> QuantizationTrial {
      QuantizationTrial(floats: floats, bytes: bytes, images: 100, suspicious: 50)
    }
    #expect(trial(0.5, 0.498).isAccepted == false)
    #expect(trial(0.9, 0.8981).isAccepted)
    #expect(trial(0.9, 0.95).isAccepted)
  }

  @Test("images too few to tell are refused, whatever they would say")
  func tooFew() throws {
    let model = try Models.fresh()
    let images = try Pictures.lessons(0..<40, preparedBy: model.preprocessing)
    let error = #expect(throws: TriageError.self) { try model.quantized(on: images) }
    guard case .tooFewReads(let normal, let suspicious) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(normal * suspicious < 500)
    #expect(throws: TriageError.self) { try model.quantized(on: []) }
  }

  @Test("it comes back from its files at work on bytes; one on floats has the files it always had")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try Models.fresh()
    let lessons = try Pictures.lessons(0..<4, preparedBy: model.preprocessing)
    let quantization = try Quantization(
      of: model.network, model.parameters, images: lessons.flatMap(\.prepared.input))
    func with(_ quantization: Quantization?) throws -> Model {
      try Model(
        network: model.network, parameters: model.parameters, preprocessing: model.preprocessing,
        readOut: model.readOut, calibration: model.calibration, quantization: quantization,
        card: model.card, lineage: model.lineage)
    }
    let quantized = try with(quantization)
    try quantized.save(to: folder)
    let back = try Model(folder: folder)
    #expect(back.id == quantized.id)
    #expect(back.quantization == quantization)
    #expect(try back.recalibrated(.none).quantization == quantization)
    #expect(try with(nil).id == model.id)
    let floats = String(decoding: ModelFile(model).bytes, as: UTF8.self)
    #expect(floats.contains("\"format\" : 1") && !floats.contains("quantization"))
    // One of another network does not make a model.
    let other = try Quantization(spans: ["image": .init(0, 1)])
    #expect(throws: TriageError.self) { try with(other) }
  }

  @Test(
    "the shipped model may work on bytes, by real validation images",
    .enabled(if: ShippedModelTests.isThere && LabelledFolderTests.isThere))
  func shipped() async throws {
    let model = try Model(folder: ShippedModelTests.folder)
    let images = try await LabelledFolder(folder: LabelledFolderTests.chest)
      .contents(parts: [.validation], preparedBy: model.preprocessing).images
    let (_, trial) = try model.quantized(on: images)
    #expect(trial.floats > 0.8)
    #expect(trial.images > 100)
  }
}

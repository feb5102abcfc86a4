import Engine
import Foundation
import Radiology
import Testing

@testable import Triage

struct ModelTests {
  /// A folder of its own that is gone afterwards.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("a saved model comes back as it was")
  func roundTrip() throws {
    try inFolder { folder in
      let lessons = try Pictures.lessons(0..<20, preparedBy: Models.preprocessing)
      let model = try Models.fresh(
        calibration: Models.calling(threshold: 0.3),
        familiarity: Familiarity(lessons: lessons.map(\.prepared)))
      try model.save(to: folder)
      let back = try Model(folder: folder)
      #expect(back.id == model.id)
      #expect(back.parameters == model.parameters)
      #expect(back.calibration == model.calibration)
      #expect(back.familiarity == model.familiarity)
      #expect(back.card == model.card)
      #expect(back.lineage == model.lineage)
    }
  }

  @Test("saving twice writes the same bytes, and a longer file is replaced whole")
  func again() throws {
    try inFolder { folder in
      try Models.fresh(seed: 2).save(to: folder)
      let file = folder.appending(path: "model.json")
      let first = try Data(contentsOf: file)
      try Models.fresh(seed: 3).save(to: folder)
      try Models.fresh(seed: 2).save(to: folder)
      #expect(try Data(contentsOf: file) == first)
    }
  }

  @Test("a model that finds no room says that the disk is full")
  func noRoom() {
    #expect(TriageError(saving: CocoaError(.fileWriteOutOfSpace)) == .diskFull)
    #expect(TriageError(saving: CocoaError(.fileWriteNoPermission)) != .diskFull)
  }

  @Test("every changed byte of the description is refused")
  func changedDescription() throws {
    let bytes = ModelFile(try Models.fresh()).bytes
    _ = try ModelFile(verifying: bytes)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: TriageError.self) { try ModelFile(verifying: changed) }
    }
    #expect(throws: TriageError.self) { try ModelFile(verifying: bytes + Data(" ".utf8)) }
    #expect(throws: TriageError.self) { try ModelFile(verifying: bytes.dropLast()) }
  }

  @Test("a changed, longer, shorter or missing weight file is refused by name")
  func changedWeights() throws {
    try inFolder { folder in
      let model = try Models.fresh()
      try model.save(to: folder)
      let file = folder.appending(path: "weights")
      let bytes = try Data(contentsOf: file)
      var random = SeededRandom(seed: 1)
      for _ in 0..<100 {
        var changed = bytes
        changed[Int.random(in: bytes.indices, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
        try changed.write(to: file)
        #expect(throws: TriageError.modelFileChanged(file: "weights")) { try Model(folder: folder) }
      }
      for changed in [bytes + [0], bytes.dropLast(), Data()] {
        try changed.write(to: file)
        #expect(throws: TriageError.modelFileChanged(file: "weights")) { try Model(folder: folder) }
      }
      try FileManager.default.removeItem(at: file)
      #expect(throws: TriageError.modelFileUnreadable(file: "weights")) {
        try Model(folder: folder)
      }
      #expect(throws: TriageError.modelFileUnreadable(file: "model.json")) {
        try Model(folder: folder.appending(path: "nowhere"))
      }
    }
  }

  @Test("another model's weights are refused even if they fit the network")
  func exchangedWeights() throws {
    try inFolder { folder in
      try Models.fresh(seed: 1).save(to: folder)
      try Data(Models.fresh(seed: 2).parameters.encoded()).write(
        to: folder.appending(path: "weights"))
      #expect(throws: TriageError.modelFileChanged(file: "weights")) { try Model(folder: folder) }
    }
  }

  @Test("a newer format is said to be newer")
  func newerFormat() throws {
    let text = String(decoding: ModelFile(try Models.fresh()).bytes, as: UTF8.self)
      .replacing("\"format\" : 1", with: "\"format\" : 3")
    #expect(throws: TriageError.modelFormatUnknown(found: 3, known: 2)) {
      try ModelFile(verifying: Data(text.utf8))
    }
  }

  @Test("what decides a reading is in the name; card and lineage are not")
  func identity() throws {
    let model = try Models.fresh()
    #expect(model.id.count == 64)
    #expect(try Models.fresh().id == model.id)
    #expect(try Models.fresh(card: Models.card(isSynthetic: true)).id == model.id)
    #expect(try Models.fresh(seed: 2).id != model.id)
    #expect(try Models.fresh(calibration: Models.calling(threshold: 0.4)).id != model.id)
    let other = try model.recalibrated(Models.calling(threshold: 0.1))
    #expect(other.id != model.id)
    #expect(other.lineage.parents == [model.id])
    #expect(other.version().parents == [model.id])
  }

  @Test("parts that do not fit each other are refused")
  func misfits() throws {
    let network = try Models.network()
    let other = try Network.chest(side: 64, widths: [16, 16, 16], blocks: [0, 0, 0])
    func model(_ network: Network, _ parameters: Parameters, side: Int = 64) throws -> Model {
      try Model(
        network: network, parameters: parameters, preprocessing: Preprocessing(side: side),
        readOut: ReadOut(), calibration: .none, card: Models.card(), lineage: Models.lineage())
    }
    #expect(throws: TriageError.self) { try model(network, other.freshParameters(seed: 1)) }
    #expect(throws: TriageError.self) {
      try model(network, network.freshParameters(seed: 1), side: 128)
    }
    var broken = network.freshParameters(seed: 1)
    broken.entries[0].values[0] = .nan
    #expect(throws: TriageError.self) { try model(network, broken) }
  }
}

struct CardTests {
  @Test("a covered image has no reason against it", arguments: ["CR", "DX", "dx "])
  func covered(modality: String) {
    #expect(Models.card().reasonNotCovered(Pictures.instance(modality: modality)) == nil)
    #expect(Models.card().reasonNotCovered(Pictures.instance(view: "AP")) == nil)
    #expect(Models.card().reasonNotCovered(Pictures.study(age: nil)) == nil)
  }

  @Test("another or unknown modality, body part or view, and a foreign age, are not covered")
  func notCovered() throws {
    let images = [
      (Pictures.instance(modality: "CT"), "CT"), (Pictures.instance(modality: ""), "modality"),
      (Pictures.instance(bodyPart: "HAND"), "HAND"),
      (Pictures.instance(bodyPart: ""), "body part"), (Pictures.instance(view: "LL"), "LL"),
      (Pictures.instance(view: ""), "view"),
    ]
    for (image, word) in images {
      let reason = try #require(Models.card().reasonNotCovered(image))
      #expect(reason.contains(word))
    }
    for age in [0, 101] {
      let reason = try #require(Models.card().reasonNotCovered(Pictures.study(age: age)))
      #expect(reason.contains("age"))
    }
  }

  @Test("words from a header come out short and without control characters")
  func hostile() throws {
    let image = Pictures.instance(bodyPart: "\u{1B}[2J" + String(repeating: "x", count: 500))
    let reason = try #require(Models.card().reasonNotCovered(image))
    #expect(!reason.contains("\u{1B}"))
    #expect(reason.count < 120)
  }

  @Test("a model of generated images judges no person")
  func synthetic() {
    let card = Models.card(isSynthetic: true)
    #expect(card.reasonNotCovered(Pictures.study()) != nil)
    #expect(card.reasonNotCovered(Pictures.study(isSynthetic: true)) == nil)
  }

  @Test("the text says what it is for, its limits and that it is no medical device")
  func text() {
    let text = Models.card().text(calibration: .none)
    for words in ["Knows discs only.", "no medical device", "Threshold: 0.500", "PA, AP"] {
      #expect(text.contains(words))
    }
  }
}

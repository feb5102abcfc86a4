import Engine
import Foundation
import Testing

@testable import Federation

@Suite("A site makes a model of a change only of the one that the change is of")
struct KeptModelsTests {
  private static let (old, new) = (parameters([1, 2, 3]), parameters([1.5, 2, 2]))

  private static func message(
    _ records: SentModel.Records, bits: Int? = 8
  ) throws -> FleetMessage {
    let settings: [(name: String, value: RecordValue)] =
      bits.map { [("update-bits", .integer(Int64($0)))] } ?? []
    return FleetMessage(
      try goldenHeading(), .records(records + [("config", .configuration(settings))]))
  }

  private static func whole(_ model: Parameters) throws -> FleetMessage {
    try message(SentModel(model, isKept: true).whole())
  }

  /// The change from the old one, with a name that says something else if there is one.
  private static func change(
    named name: ModelName? = nil, packed: [UInt8]? = nil
  ) throws -> FleetMessage {
    let sent = SentModel(towards: new, after: old, in: .eight)
    var records = try #require(try sent.small())
    if let name { records[1].record = name.values }
    if let packed {
      let array = try FleetArray(.uint8, shape: [packed.count]) { Array(packed[$0]) }
      records[0].record = .arrays([("change", array)])
    }
    return try message(records)
  }

  private func withKept(_ body: (KeptModels) throws -> Void) async throws {
    try await withFolder { try body(KeptModels(in: $0, of: "hub")) }
  }

  @Test("a change of a kept model makes what the coordinator has, however often it comes")
  func made() async throws {
    try await withKept { kept in
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      // Begun anew after a kill, before and after it was kept.
      for _ in 0..<3 {
        let instruction = try LearningInstruction(Self.change(), kept: kept)
        #expect(
          instruction.model == SentModel(towards: Self.new, after: Self.old, in: .eight).model)
        try kept.keep(instruction)
      }
    }
  }

  @Test("who does not have the model says so: it was never kept, is older, or has changed")
  func lacking() async throws {
    try await withKept { kept in
      func read() throws { _ = try LearningInstruction(Self.change(), kept: kept) }
      #expect(throws: FleetError.lacksModel) { try read() }
      #expect(throws: FleetError.lacksModel) { try LearningInstruction(Self.change()) }
      for model in [Self.old, parameters([7, 8, 9])] {
        try kept.keep(LearningInstruction(Self.whole(model), kept: kept))
      }
      #expect(throws: FleetError.lacksModel) { try read() }
    }
    try await withFolder { place in
      let kept = KeptModels(in: place, of: "hub")
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      let file = place.appending(path: "received/hub/\(Self.old.digest).weights")
      try Data(Self.new.encoded()).write(to: file)
      #expect(throws: FleetError.lacksModel) {
        try LearningInstruction(Self.change(), kept: kept)
      }
      // Another coordinator's are another's.
      #expect(throws: FleetError.lacksModel) {
        try LearningInstruction(Self.change(), kept: KeptModels(in: place, of: "other"))
      }
    }
  }

  @Test("a change that makes another model than it says is refused")
  func mismatch() async throws {
    try await withKept { kept in
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      let wrong = ModelName(digest: Self.new.digest, base: Self.old.digest)
      #expect(throws: FleetError.lacksModel) {
        try LearningInstruction(Self.change(named: wrong), kept: kept)
      }
    }
  }

  /// Scales and steps for three values that no coordinator sends, packed.
  static let lies: [[UInt8]] = [
    [0xff, 0xff], RawDeflate.pack([0, 0, 0x80, 0x3f, 1, 1]),
    RawDeflate.pack([0, 0, 0xc0, 0x7f, 1, 1, 1]), RawDeflate.pack([0, 0, 0x80, 0x7f, 1, 1, 1]),
    RawDeflate.pack([0, 0, 0x80, 0xbf, 1, 1, 1]),
    RawDeflate.pack([0xff, 0xff, 0x7f, 0x7f, 1, 1, 1]),
    RawDeflate.pack([UInt8](repeating: 0, count: 1 << 22)),
  ]

  @Test("a change that nobody would send is malformed, and nothing is kept of it", arguments: lies)
  func hostile(_ packed: [UInt8]) async throws {
    try await withKept { kept in
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      #expect {
        try LearningInstruction(Self.change(packed: packed), kept: kept)
      } throws: { error in
        if case FleetError.malformed? = error as? FleetError { true } else { false }
      }
      #expect(try LearningInstruction(Self.change(), kept: kept).model != Self.old)
    }
  }

  @Test("a model that is another than its name says is refused, and so is a name that is none")
  func names() async throws {
    try await withKept { kept in
      func read(_ name: FleetRecord) throws {
        var records = try SentModel(Self.old, isKept: true).whole()
        records[1].record = name
        _ = try LearningInstruction(Self.message(records), kept: kept)
      }
      try read(ModelName(digest: Self.old.digest).values)
      for name in [
        ModelName(digest: Self.new.digest).values, .configuration([("digest", .text("../../x"))]),
        .configuration([]),
        .configuration([("digest", .text(Self.old.digest)), ("base", .text("/etc/passwd"))]),
        // The arrays are a model, and no change of one.
        ModelName(digest: Self.old.digest, base: Self.new.digest).values,
      ] {
        #expect(throws: FleetError.self) { try read(name) }
      }
    }
  }

  @Test("a change where no few bits are asked for is no model")
  func unasked() async throws {
    try await withKept { kept in
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      let sent = SentModel(towards: Self.new, after: Self.old, in: .eight)
      let records = try #require(try sent.small())
      #expect(throws: FleetError.self) {
        try LearningInstruction(Self.message(records, bits: nil), kept: kept)
      }
    }
  }

  @Test("the last model and what it was made of are kept, and no more")
  func forgets() async throws {
    try await withFolder { place in
      let kept = KeptModels(in: place, of: "hub")
      try kept.keep(LearningInstruction(Self.whole(parameters([9, 9, 9])), kept: kept))
      try kept.keep(LearningInstruction(Self.whole(Self.old), kept: kept))
      let change = try LearningInstruction(Self.change(), kept: kept)
      try kept.keep(change)
      let files = try FileManager.default.contentsOfDirectory(
        atPath: place.appending(path: "received/hub").path)
      #expect(Set(files) == ["\(Self.old.digest).weights", "\(change.model.digest).weights"])
      // What nobody wants kept is not.
      try kept.keep(LearningInstruction(Self.message(SentModel(Self.new).whole(), bits: nil)))
      #expect(kept.model(Self.new.digest) == nil)
    }
  }
}

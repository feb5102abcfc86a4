import Engine
import Foundation
import Testing

@testable import Federation

@Suite("An answer counts only if it is what was asked for")
struct AnswerCheckTests {
  static let model = parameters([1, 2])

  /// Records of an answer, each lie with what is said of it.
  static let lies: [(String, Lie)] = [
    ("other records than arrays and metrics", .init { _, _ in [] }),
    ("other records than arrays and metrics", .init { [("arrays", $0)] + [("m", $1)] }),
    (
      "other records than arrays and metrics",
      .init { [("arrays", $0), ("metrics", $1), ("more", $1)] }
    ),
    ("a record “arrays” that holds none", .init { _, metrics in pair(metrics, metrics) }),
    ("other arrays than the model has", .init { _, m in pair(.arrays([]), m) }),
    ("other arrays than the model has", .init { _, m in pair(try named("w", [1, 2]), m) }),
    (
      "another type or shape of weight",
      .init { _, m in pair(try named("weight", [1, 2, 3]), m) }
    ),
    (
      "another type or shape of weight",
      .init { _, m in
        let doubles = try FleetArray(.float64, shape: [2]) {
          [UInt8](repeating: 0, count: $0.count)
        }
        return pair(.arrays([("weight", doubles)]), m)
      }
    ),
    (
      "values of weight that are no numbers",
      .init { _, m in pair(try named("weight", [1, .nan]), m) }
    ),
    ("a change of length 100.0", .init { _, m in pair(try named("weight", [101, 2]), m) }),
    ("other metrics than num-examples", .init { arrays, _ in pair(arrays, .metrics([])) }),
    (
      "other metrics than num-examples",
      .init { arrays, _ in
        pair(arrays, .metrics([("num-examples", .integer(1)), ("loss", .double(1))]))
      }
    ),
    (
      "no believable number of examples", .init { arrays, _ in pair(arrays, examples(.integer(0))) }
    ),
    (
      "no believable number of examples",
      .init { arrays, _ in pair(arrays, examples(.integer(1_000_000_001))) }
    ),
    (
      "no believable number of examples",
      .init { arrays, _ in pair(arrays, examples(.double(.infinity))) }
    ),
    (
      "no believable number of examples",
      .init { arrays, _ in pair(arrays, examples(.double(1.5))) }
    ),
    (
      "no believable number of examples",
      .init { arrays, _ in pair(arrays, examples(.integers([1]))) }
    ),
  ]

  typealias Records = [(name: String, record: FleetRecord)]

  struct Lie: Sendable {
    let records: @Sendable (FleetRecord, FleetRecord) throws -> Records
    init(_ records: @escaping @Sendable (FleetRecord, FleetRecord) throws -> Records) {
      self.records = records
    }
  }

  static func pair(_ arrays: FleetRecord, _ metrics: FleetRecord) -> Records {
    [("arrays", arrays), ("metrics", metrics)]
  }

  static func named(_ name: String, _ values: [Float]) throws -> FleetRecord {
    .arrays([(name, try FleetArray(values, shape: [values.count]))])
  }

  static func examples(_ value: RecordValue) -> FleetRecord {
    .metrics([("num-examples", value)])
  }

  private func answer(_ records: Records) throws -> FleetMessage {
    FleetMessage(try goldenHeading(), .records(records))
  }

  private let check = AnswerCheck(model: model, longestChange: 99)

  @Test("the model, the examples and the length of the change are read from an honest one")
  func honest() throws {
    let honest = Self.pair(try Self.named("weight", [4, 6]), Self.examples(.integer(7)))
    let update = try check.update(try answer(honest))
    #expect(update.model == parameters([4, 6]))
    #expect(update.examples == 7)
    #expect(update.norm == 5)
  }

  @Test("every lie is told apart", arguments: lies.indices)
  func lie(_ place: Int) throws {
    let (reason, lie) = Self.lies[place]
    let records = try lie.records(
      try Self.named("weight", [1, 2]), Self.examples(.integer(7)))
    #expect(throws: Unbelievable(reason)) { try check.update(try answer(records)) }
  }

  @Test("where any change is believed, one that would break the arithmetic is not")
  func endless() throws {
    let records = Self.pair(try Self.named("weight", [1e30, 2]), Self.examples(.integer(7)))
    let check = AnswerCheck(model: Self.model, longestChange: nil)
    #expect(throws: Unbelievable.self) { try check.update(try answer(records)) }
  }

  @Test("whether a site keeps its model is read where that was asked, and only of that model")
  func kept() throws {
    let digest = Self.model.digest
    func update(_ says: FleetRecord?, asked: String?) throws -> Bool {
      let honest = Self.pair(try Self.named("weight", [4, 6]), Self.examples(.integer(7)))
      let check = AnswerCheck(model: Self.model, longestChange: 99, digest: asked)
      return try check.update(
        answer(honest + (says.map { [("model", $0)] } ?? []))
      ).holdsModel
    }
    let says = ModelName(digest: digest).values
    #expect(try update(says, asked: digest))
    #expect(try !update(nil, asked: digest))
    #expect(throws: Unbelievable("other records than arrays and metrics")) {
      try update(says, asked: nil)
    }
    let other = ModelName(digest: parameters([9]).digest).values
    #expect(throws: Unbelievable("a model kept that was not sent")) {
      try update(other, asked: digest)
    }
    for nameless in [
      FleetRecord.configuration([]), .configuration([("digest", .text("../x"))]),
      .metrics([("digest", .integer(1))]),
    ] {
      #expect(throws: Unbelievable("a model kept that has no name")) {
        try update(nameless, asked: digest)
      }
    }
  }

  @Test("a measurement is examples and a loss, and nothing else")
  func measurement() throws {
    func metrics(_ values: [(name: String, value: RecordValue)]) throws -> FleetMessage {
      try answer([("metrics", .metrics(values))])
    }
    let found = try check.measure(
      metrics([("loss", .double(0.5)), ("num-examples", .integer(3))]))
    #expect(found.examples == 3 && found.loss == 0.5)
    for loss in [RecordValue.double(.nan), .double(-1), .doubles([1])] {
      #expect(throws: Unbelievable("no believable loss")) {
        try check.measure(metrics([("loss", loss), ("num-examples", .integer(3))]))
      }
    }
    #expect(throws: Unbelievable("other metrics than loss and num-examples")) {
      try check.measure(metrics([("loss", .double(1))]))
    }
  }
}

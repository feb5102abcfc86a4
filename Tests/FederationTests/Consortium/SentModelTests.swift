import Engine
import Testing

@testable import Federation

@Suite("A model that is sent as a change is the same on both sides, and loses nothing over rounds")
struct SentModelTests {
  /// Numbers that are the same in every language: of 24 bits, around 0.
  private static func numbers(_ seed: UInt32, _ count: Int) -> [Float] {
    var seed = seed
    return (0..<count).map { _ in
      seed = 1_664_525 &* seed &+ 1_013_904_223
      return Float(seed >> 8) / Float(1 << 24) - 0.5
    }
  }

  private static func model(_ seed: UInt32) -> Parameters {
    Parameters(entries: [
      .init(name: "b.weight", shape: [3, 400], values: numbers(seed, 1_200)),
      .init(name: "a.bias", shape: [1], values: numbers(seed + 1, 1)),
      .init(name: "B.scale", shape: [512], values: numbers(seed + 2, 512)),
    ])
  }

  /// What an instruction with those records has, at a site that keeps a model.
  private static func model(
    of records: SentModel.Records, bits: UpdateBits, keeping kept: Parameters
  ) throws -> Parameters {
    let message = FleetMessage(try goldenHeading(), .records(records))
    return try message.model(changing: kept.inWireOrder, in: bits)
  }

  /// The application for stock Flower has the same in `test_sent.py`.
  @Test(
    "the coordinator, a site and the application for stock Flower make the same bits",
    arguments: [
      (UpdateBits.eight, "510f3e761d2488997af244da32572d98100808f953de2cae7a85955d84545f7c"),
      (.sixteen, "dc77c481a091575caca102acf0dfb7b9cd5e86ff3e5fccc4c9bde593cdae7d59"),
    ])
  func sameBits(_ bits: UpdateBits, _ digest: String) throws {
    let old = Self.model(1)
    let new = old.adding(Self.model(101), scaled: 1 / 1024)
    let sent = SentModel(towards: new, after: old, in: bits)
    #expect(sent.digest == digest)
    let made = try Self.model(of: #require(try sent.small()), bits: bits, keeping: old)
    #expect(made == sent.model.inWireOrder)
  }

  @Test("what rounding takes comes with the next change", arguments: UpdateBits.allCases)
  func feedback(_ bits: UpdateBits) throws {
    // One value of the block is large, and the others are less than half a step of it.
    let small = 0.3 / bits.largest
    var (model, last) = (parameters([0, 0, 0]), SentModel(parameters([0, 0, 0]), isKept: true))
    for _ in 0..<50 {
      model = model.adding(parameters([1, small, -small]))
      let next = SentModel(towards: model, after: last.model, in: bits)
      let made = try Self.model(
        of: #require(try next.small()), bits: bits, keeping: last.model)
      #expect(made == next.model)
      last = next
    }
    for (value, sum) in zip(last.model.entries[0].values, model.entries[0].values) {
      #expect(abs(value - sum) <= 0.6 / bits.largest)
    }
    #expect(abs(model.entries[0].values[1]) > 10 / bits.largest)
  }

  @Test("who is not asked for few bits gets the model as it is, and no word of keeping it")
  func plain() throws {
    let model = Self.model(1)
    let sent = SentModel(towards: model, after: Self.model(2), in: nil)
    #expect(sent.model == model)
    #expect(try sent.small() == nil)
    #expect(try sent.whole().map(\.name) == ["arrays"])
  }

  @Test("a first model, one of other arrays and one too far away come whole")
  func whole() throws {
    let model = parameters([3e38, 1])
    for last in [nil, Self.model(1), parameters([-3e38, 1])] {
      let sent = SentModel(towards: model, after: last, in: .eight)
      #expect(sent.model == model && sent.digest == model.digest)
      #expect(try sent.small() == nil)
      #expect(try sent.whole().map(\.name) == ["arrays", "model"])
    }
  }
}

import Engine
import TestSupport
import Testing

@testable import Federation

@Suite("A change in few bits arrives as it was sent, and what rounding took comes later")
struct SmallChangeTests {
  /// Arrays of several blocks, of one value, and of values a million times smaller than others.
  private static func change(_ seed: UInt64) -> Parameters {
    var random = Seeded(seed)
    func values(_ count: Int, _ size: Float) -> [Float] {
      (0..<count).map { _ in Float.random(in: -size...size, using: &random) }
    }
    return Parameters(entries: [
      Parameters.Entry(name: "b.weight", shape: [3, 400], values: values(1_200, 1)),
      Parameters.Entry(name: "a.bias", shape: [1], values: values(1, 1e-6)),
      Parameters.Entry(name: "B.scale", shape: [512], values: values(512, 1e-6)),
      Parameters.Entry(name: "none", shape: [2], values: [0, 0]),
    ])
  }

  private static func answer(_ reply: SealedReply) throws -> FleetMessage {
    FleetMessage(try goldenHeading(), reply.content)
  }

  private static func check(_ model: Parameters, _ bits: UpdateBits?) -> AnswerCheck {
    AnswerCheck(model: model, longestChange: nil, updateBits: bits)
  }

  @Test("no value is further away than half a step of its own block", arguments: 0..<20)
  func rounding(seed: UInt64) {
    let change = Self.change(seed)
    for bits in UpdateBits.allCases {
      var read = change.scaled(by: 0)
      SmallChange(change, in: bits).add(to: &read)
      for (old, new) in zip(change.entries, read.entries) {
        #expect(old.name == new.name)
        for start in stride(from: 0, to: old.values.count, by: 512) {
          let part = start..<min(start + 512, old.values.count)
          let step = (old.values[part].map(abs).max() ?? 0) / bits.largest
          for place in part {
            // Half a step, and what single precision takes of the largest multiple of one.
            let most = step * (0.5 + bits.largest * 3e-7)
            #expect(abs(old.values[place] - new.values[place]) <= most)
          }
        }
      }
    }
  }

  @Test("the coordinator reads what left, in the model's order", arguments: UpdateBits.allCases)
  func wire(_ bits: UpdateBits) throws {
    let model = Self.change(100)
    let (reply, owed) = try PrivacyGate().seal(
      model.adding(Self.change(1)), trainedOn: 7, of: model, in: bits, owing: nil)
    let message = try DeflatedMessage(Self.answer(reply))
    let read = try FleetMessage(message.tree, from: try message.shelved())
    let update = try Self.check(model, bits).update(read)
    let sent = model.adding(Self.change(1)).subtracting(model).subtracting(owed)
    #expect(update.examples == 7 && update.norm == reply.norm)
    #expect(update.model.isShaped(like: model))
    #expect(update.model.subtracting(model.adding(sent)).norm < 1e-6 * model.norm)
    // Three objects of an answer are not of its arrays; a float takes 4 bytes.
    #expect(message.byteCount < model.count * bits.rawValue / 8 + 2_000)
  }

  @Test(
    "over many rounds what arrives follows what was learned, and without what is owed it does not",
    arguments: UpdateBits.allCases)
  func feedback(_ bits: UpdateBits) throws {
    let gate = try PrivacyGate()
    let model = Self.change(3).scaled(by: 0)
    // One value of the block is large, and the others are less than half a step each time.
    var learned = model
    learned.entries[0].values = learned.entries[0].values.indices.map {
      $0 % 512 == 0 ? 1 : 0.3 / bits.largest
    }
    var (kept, lost) = (model, model)
    var owed: Parameters?
    let rounds = 50
    for _ in 0..<rounds {
      let sealed = try gate.seal(learned, trainedOn: 1, of: model, in: bits, owing: owed)
      owed = sealed.owed
      kept = kept.adding(
        try Self.check(model, bits).update(try Self.answer(sealed.reply)).model)
      let alone = try gate.seal(learned, trainedOn: 1, of: model, in: bits, owing: nil)
      lost = lost.adding(try Self.check(model, bits).update(try Self.answer(alone.reply)).model)
    }
    let wanted = learned.scaled(by: Float(rounds))
    // Half a step of the last round is owed still.
    let most = 0.5 / bits.largest + Float(rounds) * 1e-6
    for (value, sum) in zip(kept.entries[0].values, wanted.entries[0].values) {
      #expect(abs(value - sum) <= most)
    }
    #expect(lost.entries[0].values[1] == 0 && wanted.entries[0].values[1] > 10 * most / 2)
  }

  @Test("with what was owed and rounded up, a change is no longer than its clip", arguments: 0..<20)
  func clipped(seed: UInt64) throws {
    let gate = try PrivacyGate(clip: 0.5)
    let model = Self.change(0)
    var owed: Parameters?
    for round in 1...5 {
      let trained = model.adding(Self.change(seed + UInt64(round)))
      let sealed = try gate.seal(trained, trainedOn: 1, of: model, in: .eight, owing: owed)
      #expect(sealed.reply.norm <= 0.5)
      #expect(sealed.reply.norm > 0.49)
      // What the clip took is not owed: only what rounding did.
      #expect(sealed.owed.norm < 0.5 * 0.02)
      owed = sealed.owed
    }
  }

  @Test("noise comes first: what is owed is what rounding took of the change with its noise")
  func noisy() throws {
    let gate = try PrivacyGate(clip: 0.5, noise: 1)
    let model = Self.change(0)
    let (reply, owed) = try gate.seal(model, trainedOn: 1, of: model, in: .eight, owing: nil)
    let sent = try Self.check(model, .eight).update(try Self.answer(reply)).model
      .subtracting(model)
    #expect(reply.noise == 1)
    // A deviation of half a unit on each of 1715 values, whatever was learned.
    #expect(abs(sent.norm / (0.5 * Double(model.count).squareRoot()) - 1) < 0.15)
    let step = ChangeNoise(clip: 0.5, noise: 1).step
    for (left, rest) in zip(sent.entries, owed.entries) where left.name == "none" {
      for (one, other) in zip(left.values, rest.values) {
        let drawn = Double(one + other) / step
        #expect(abs(drawn - drawn.rounded()) < 1e-3)
      }
    }
  }

  @Test("what cannot have been owed leaves nothing")
  func refused() throws {
    let gate = try PrivacyGate()
    let model = parameters([1, 2])
    #expect(throws: FederationError.wrongShape) {
      try gate.seal(model, trainedOn: 1, of: model, in: .eight, owing: parameters([1]))
    }
    #expect(throws: FederationError.notFinite) {
      try gate.seal(model, trainedOn: 1, of: model, in: .eight, owing: parameters([.nan, 1]))
    }
    #expect(throws: FederationError.notFinite) {
      try gate.seal(
        parameters([.infinity, 1]), trainedOn: 1, of: model, in: .eight, owing: nil)
    }
    #expect(throws: FederationError.noLessons) {
      try gate.seal(model, trainedOn: 0, of: model, in: .eight, owing: nil)
    }
  }

  @Test("floats are believed where few bits were asked for, and few bits only there")
  func negotiated() throws {
    let model = parameters([1, 2])
    let floats = try Self.answer(
      PrivacyGate().seal(parameters([4, 6]), trainedOn: 7, of: model))
    #expect(try Self.check(model, .eight).update(floats).model == parameters([4, 6]))
    let few = try Self.answer(
      PrivacyGate().seal(parameters([4, 6]), trainedOn: 7, of: model, in: .eight, owing: nil).reply)
    #expect(throws: Unbelievable("other arrays than the model has")) {
      try Self.check(model, nil).update(few)
    }
    #expect(throws: Unbelievable("another type or number of steps")) {
      try Self.check(model, .sixteen).update(few)
    }
  }

  /// Lengths of steps for a model of two values, each with what is said of it.
  static let lies: [([Float], String)] = [
    ([.nan], "steps whose length is no number"), ([.infinity], "steps whose length is no number"),
    ([-1], "steps whose length is no number"), ([1e37], "steps whose length is no number"),
    ([1e20], "a change of length"), ([1, 1], "another type or number of steps"),
  ]

  private static func message(_ packed: [UInt8], _ element: ElementType) throws -> FleetMessage {
    let array = try FleetArray(element, shape: [packed.count / element.width]) { Array(packed[$0]) }
    return FleetMessage(
      try goldenHeading(),
      .records([
        ("arrays", .arrays([("change", array)])),
        ("metrics", .metrics([("num-examples", .integer(1))])),
      ]))
  }

  private static func bytes(_ scales: [Float], _ steps: [UInt8]) -> [UInt8] {
    scales.flatMap { scale in
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: scale.bitPattern >> $0) }
    } + steps
  }

  @Test("a length that is no number, or moves a model out of reach, is told apart", arguments: lies)
  func hostile(_ scales: [Float], _ reason: String) throws {
    let message = try Self.message(RawDeflate.pack(Self.bytes(scales, [1, 0x80])), .uint8)
    do {
      _ = try Self.check(parameters([1, 2]), .eight).update(message)
      Issue.record("it was believed")
    } catch { #expect(error.reason.hasPrefix(reason)) }
  }

  /// Packed bytes that are no change of two values.
  static let noChanges: [[UInt8]] = [
    [0xff], RawDeflate.pack(bytes([1], [1])), RawDeflate.pack(bytes([1], [1, 2, 3])),
    RawDeflate.pack(bytes([1], [1, 2])) + [0], RawDeflate.pack(bytes([1], [1, 2])).dropLast(),
    // Much of nothing, from few bytes.
    RawDeflate.pack([UInt8](repeating: 0, count: 1 << 20)),
    [UInt8](repeating: 0, count: 5_000),
  ]

  @Test("bytes that are no change, or more than one, are none", arguments: noChanges)
  func noChange(_ packed: [UInt8]) throws {
    let message = try Self.message(packed, .uint8)
    #expect(throws: Unbelievable("another type or number of steps")) {
      try Self.check(parameters([1, 2]), .eight).update(message)
    }
  }

  @Test("an array of another type under the change's name is an array that no model has")
  func otherType() throws {
    let packed = RawDeflate.pack(Self.bytes([1], [1, 2]))
    let check = Self.check(parameters([1, 2]), .eight)
    #expect(try check.update(Self.message(packed, .uint8)).norm > 0)
    #expect(throws: Unbelievable("other arrays than the model has")) {
      try check.update(Self.message(packed, .int8))
    }
  }

  @Test("a change as training makes it takes less than a quarter of floats, all with all")
  func quarter() throws {
    var random = Seeded(1)
    var change = Parameters(entries: [
      .init(name: "w", shape: [100_000], values: Array(repeating: 0, count: 100_000))
    ])
    for place in change.entries[0].values.indices {
      change.entries[0].values[place] = (0..<3).reduce(0) { sum, _ in
        sum + Float.random(in: -1e-3...1e-3, using: &random)
      }
    }
    let model = change.scaled(by: 0)
    for bits in UpdateBits.allCases {
      let reply = try PrivacyGate().seal(
        change, trainedOn: 1, of: model, in: bits, owing: nil
      ).reply
      let message = try DeflatedMessage(Self.answer(reply))
      #expect(message.byteCount < model.count * bits.rawValue / 8)
    }
  }
}

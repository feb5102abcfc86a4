import Engine
import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("In few bits both ways, every site trains from what the coordinator sent")
struct FewBitsDownTests {
  /// Sites of ours that keep what they are sent, and learn what every bit of it decides.
  private final class Keepers: Sendable {
    private struct State {
      /// How a model came to each, round by round.
      var got: [String: [String]] = [:]
      var last: [String: Parameters] = [:]
      var owed: [String: Parameters] = [:]
    }

    private let state = Mutex(State())
    private let place: URL

    init(in place: URL) { self.place = place }

    func got(_ name: String) -> [String] { state.withLock { $0.got[name] ?? [] } }
    func last(_ name: String) -> Parameters? { state.withLock { $0.last[name] } }

    /// As a site is whose folder was lost.
    func forget(_ name: String) throws { try FileManager.default.removeItem(at: folder(name)) }

    private func folder(_ name: String) -> URL { place.appending(path: "site-\(name)") }

    func answer(_ name: String, _ message: FleetMessage) throws -> FleetMessage.Content {
      guard message.heading.kind == "train" else {
        state.withLock { $0.last[name + " at the end"] = try? message.model() }
        return SealedReply.refusal(.notAllowed).content
      }
      let isChange = message["model"]?.value("base") != nil
      state.withLock { $0.got[name, default: []].append(isChange ? "change" : "whole") }
      let kept = KeptModels(in: folder(name), of: "hub")
      let instruction: LearningInstruction
      do {
        instruction = try LearningInstruction(message, kept: kept)
      } catch FleetError.lacksModel {
        return SealedReply.refusal(.lacksModel).content
      }
      try kept.keep(instruction)
      let model = instruction.model
      var trained = model
      for place in trained.entries[0].values.indices {
        let value = trained.entries[0].values[place]
        trained.entries[0].values[place] = value + Float(place + name.count) * 0.01 + sin(value) / 8
      }
      let bits = try #require(instruction.updateBits)
      let reply = try PrivacyGate().seal(
        trained, trainedOn: 10, of: model, in: bits, owing: nil, holding: instruction.named
      ).reply
      state.withLock { $0.last[name] = model }
      return reply.content
    }
  }

  private static let begin = parameters((0..<700).map { Float($0) / 100 })

  private static func sent(_ sites: ConsortiumSites) throws -> Parameters? {
    try Checkpoint(from: sites.folder)?.sent
  }

  @Test(
    "who keeps models is sent changes, who knows nothing of it the whole, and all have the same",
    arguments: UpdateBits.allCases)
  func same(_ bits: UpdateBits) async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Stock"], in: place)
      let keepers = Keepers(in: place)
      let stock = Mutex<[Parameters]>([])
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 4, quorum: 3, updateBits: bits), tell: told.note)
      let model = try await sites.lead(run, from: Self.begin) { name, message in
        guard name == "Stock" else { return try keepers.answer(name, message) }
        let model = try message.model()
        if message.heading.kind == "train" { stock.withLock { $0.append(model) } }
        return try honest(1, to: message)
      }
      let sent = try #require(try Self.sent(sites))
      for name in ["North", "Lakeside"] {
        #expect(keepers.got(name) == ["whole", "change", "change", "change"])
        #expect(keepers.last(name) == sent)
        // What stays is what the ledger names, bit for bit.
        #expect(keepers.last(name + " at the end") == model)
      }
      #expect(stock.withLock { $0.count == 4 && $0.last == sent })
      #expect(told.rounds.map(\.contributions.count) == [3, 3, 3, 3])
      #expect(sent != model)
    }
  }

  @Test("in few bits or in floats, nearly the same is learned, and more nearly in more bits")
  func near() async throws {
    try await withFolder { place in
      func learned(_ name: String, _ bits: UpdateBits?) async throws -> Parameters {
        let place = place.appending(path: name)
        let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
        let keepers = Keepers(in: place)
        let run = try ConsortiumRun(in: sites.folder, plan: plan(rounds: 6, updateBits: bits))
        return try await sites.lead(run, from: Self.begin) { name, message in
          guard bits == nil, message.heading.kind == "train" else {
            return try keepers.answer(name, message)
          }
          var model = try message.model()
          let before = model
          for place in model.entries[0].values.indices {
            let value = model.entries[0].values[place]
            model.entries[0].values[place] =
              value + Float(place + name.count) * 0.01 + sin(value) / 8
          }
          return try PrivacyGate().seal(model, trainedOn: 10, of: before).content
        }
      }
      let floats = try await learned("floats", nil)
      let way = floats.subtracting(Self.begin).norm
      let eight = try await learned("eight", .eight).subtracting(floats).norm
      let sixteen = try await learned("sixteen", .sixteen).subtracting(floats).norm
      #expect(eight < 0.01 * way)
      #expect(sixteen < eight / 50 && sixteen > 0)
    }
  }

  @Test("who comes late, missed a round or lost what it kept is sent the whole, and then changes")
  func whole() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Sleepy", "Forgetful"], in: place)
      let keepers = Keepers(in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 5, updateBits: .eight), tell: told.note)
      let hasForgotten = Mutex(false)
      _ = try await sites.lead(run, from: Self.begin) { name, message in
        let round = message["config"]?.value("server-round")
        if name == "Sleepy", [.integer(1), .integer(3)].contains(round) {
          return SealedReply.refusal(.tooFewLessons).content
        }
        if name == "Forgetful", round == .integer(3) {
          try hasForgotten.withLock { hasForgotten in
            if !hasForgotten { try keepers.forget(name) }
            hasForgotten = true
          }
        }
        return try keepers.answer(name, message)
      }
      #expect(keepers.got("North") == ["whole", "change", "change", "change", "change"])
      // It declined the first and the third.
      #expect(keepers.got("Sleepy") == ["whole", "whole", "change"])
      // Asked again in the same round, which it so did not miss.
      #expect(
        keepers.got("Forgetful") == ["whole", "change", "change", "whole", "change", "change"])
      #expect(told.rounds.map(\.contributions.count) == [2, 3, 2, 3, 3])
      let sent = try Self.sent(sites)
      for (name, _) in sites.keys { #expect(keepers.last(name) == sent) }
    }
  }

  @Test("who says each time that it lacks the model is asked twice and sits the round out")
  func lacking() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Lacking"], in: place)
      let keepers = Keepers(in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 3, updateBits: .eight), tell: told.note)
      let asked = Mutex(0)
      _ = try await sites.lead(run, from: Self.begin) { name, message in
        let round = message["config"]?.value("server-round")
        if name == "Lacking", message.heading.kind == "train", round != .integer(1) {
          asked.withLock { $0 += 1 }
          return SealedReply.refusal(.lacksModel).content
        }
        return try keepers.answer(name, message)
      }
      // A change and the whole, then the whole at once.
      #expect(asked.withLock { $0 } == 3)
      #expect(told.rounds.map(\.contributions.count) == [3, 2, 2])
      #expect(
        told.rounds.dropFirst().map(\.refused).allSatisfy { refused in
          refused.map(\.reason) == ["declined (1009)"]
        })
    }
  }

  /// Leads until a round has ended, and drops everything of the coordinator's but its folder.
  private func lead(
    _ sites: ConsortiumSites, _ keepers: Keepers, _ combination: Combination,
    stoppingAfter last: Int?
  ) async throws -> Parameters? {
    let (ended, word) = AsyncStream.makeStream(of: Int.self)
    let run = try ConsortiumRun(
      in: sites.folder, plan: plan(rounds: 4, combination, updateBits: .eight),
      tell: { if case .ended(let round) = $0 { word.yield(round.round) } })
    let leading = Task {
      defer { word.finish() }
      return try await sites.lead(run, from: Self.begin) { try keepers.answer($0, $1) }
    }
    for await round in ended where round == last { leading.cancel() }
    do { return try await leading.value } catch is CancellationError { return nil }
  }

  private static let combinations: [Combination] = [
    .mean(Strategy(momentum: 0.5)), .serverAdam(rate: 0.1), .median,
  ]

  @Test(
    "a coordinator that is stopped between rounds goes on with changes, to the same model",
    arguments: combinations)
  func stopped(_ combination: Combination) async throws {
    try await withFolder { place in
      func new(_ name: String) throws -> (ConsortiumSites, Keepers) {
        let place = place.appending(path: name)
        return (try ConsortiumSites(["North", "Lakeside"], in: place), Keepers(in: place))
      }
      let (calm, calmKeepers) = try new("calm")
      let expected = try await lead(calm, calmKeepers, combination, stoppingAfter: nil)
      let (sites, keepers) = try new("stopped")
      for round in 1...3 {
        #expect(try await lead(sites, keepers, combination, stoppingAfter: round) == nil)
      }
      #expect(try await lead(sites, keepers, combination, stoppingAfter: nil) == expected)
      #expect(try Self.sent(sites) == Self.sent(calm))
      for (name, _) in sites.keys {
        #expect(keepers.last(name) == calmKeepers.last(name))
        #expect(Set(keepers.got(name).dropFirst()) == ["change"])
      }
    }
  }

  @Test("what was sent and has changed on the disk is not gone on with")
  func damaged() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      _ = try await lead(sites, Keepers(in: place), .median, stoppingAfter: 1)
      let sent = try #require(try Self.sent(sites))
      let file = ParameterFile.url(of: sent.digest, in: sites.folder.moments)
      try Data(parameters([9, 9]).encoded()).write(to: file)
      await #expect(throws: ConsortiumError.self) {
        try await ConsortiumRun(in: sites.folder, plan: plan(rounds: 4, updateBits: .eight))
          .lead(from: nil)
      }
    }
  }

  @Test("a checkpoint from before sites were sent changes is read")
  func older() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      _ = try await lead(sites, Keepers(in: place), .median, stoppingAfter: 1)
      let file = sites.folder.checkpointFile
      var fields = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      for field in ["sent", "holders"] { #expect(fields.removeValue(forKey: field) != nil) }
      try JSONSerialization.data(withJSONObject: fields).write(to: file)
      let kept = try #require(try Checkpoint(from: sites.folder))
      #expect(kept.sent == nil && kept.holders.isEmpty)
      let keepers = Keepers(in: place)
      #expect(try await lead(sites, keepers, .median, stoppingAfter: nil) != nil)
      #expect(keepers.got("North") == ["whole", "change", "change"])
    }
  }
}
